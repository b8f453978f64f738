using System.ComponentModel.DataAnnotations;

namespace WebSite.Models;

/// <summary>What a visitor types into the form.</summary>
public sealed class GreetingForm
{
    /// <summary>Who sends the greeting.</summary>
    [Display(Name = "Your name")]
    [Required(ErrorMessage = "Please tell us your name.")]
    [StringLength(40, ErrorMessage = "Please keep the name within {1} characters.")]
    public string? Name { get; set; }

    /// <summary>The greeting itself.</summary>
    [Display(Name = "Greeting")]
    [Required(ErrorMessage = "Please write a greeting.")]
    [StringLength(200, ErrorMessage = "Please keep the greeting within {1} characters.")]
    public string? Message { get; set; }
}
