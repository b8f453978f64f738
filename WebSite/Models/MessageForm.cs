using System.ComponentModel.DataAnnotations;
using WebSite.Data;

namespace WebSite.Models;

/// <summary>What a member types to post a message, or to change one.</summary>
public sealed class MessageForm
{
    /// <summary>The message.</summary>
    [Display(Name = "Your message")]
    [Required(ErrorMessage = "Please write a message.")]
    [StringLength(BoardContext.TextLength, ErrorMessage = "Please keep the message within {1} characters.")]
    public string? Text { get; set; }

    /// <summary>Made with each form: the same form sent twice, by impatience or by a gateway, is one message.</summary>
    public Guid Ticket { get; set; } = Guid.NewGuid();

    /// <summary>What is kept: line ends as everywhere, nothing around it.</summary>
    public string Tidy() => Text!.ReplaceLineEndings("\n").Trim();
}
