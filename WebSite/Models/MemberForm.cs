using System.ComponentModel.DataAnnotations;
using WebSite.Data;

namespace WebSite.Models;

/// <summary>Name and password, to sign up or to sign in.</summary>
public sealed class MemberForm
{
    /// <summary>The name that the others see.</summary>
    [Display(Name = "Name")]
    [Required(ErrorMessage = "Please tell us your name.")]
    [StringLength(BoardContext.NameLength, ErrorMessage = "Please keep the name within {1} characters.")]
    public string? Name { get; set; }

    /// <summary>The password; only what the framework's hasher makes of it is kept.</summary>
    [Display(Name = "Password")]
    [DataType(DataType.Password)]
    [Required(ErrorMessage = "Please give a password.")]
    [StringLength(200, MinimumLength = 8, ErrorMessage = "Please use a password of {2} to {1} characters.")]
    public string? Password { get; set; }
}
