using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults;
using WebSite.Data;
using WebSite.Leading;
using WebSite.Models;

namespace WebSite.Controllers;

/// <summary>The board: reading, searching, posting, and changing what is one's own. Nothing is kept in the process, so that every request may land on another replica.</summary>
public sealed class BoardController(MessageStore messages, MemberStore members, InstanceIdentity identity, Leadership leadership, IOptionsSnapshot<WhoAmIOptions> whoAmI) : Controller
{
    /// <summary>One page of messages, newest first.</summary>
    [HttpGet]
    [ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
    public async Task<IActionResult> Index(string? q, long? before, CancellationToken cancellationToken) => View(await PageAsync(new MessageForm(), q, before, cancellationToken));

    /// <summary>Posts a message and answers by a redirect, so that loading the page again sends nothing again.</summary>
    [Authorize]
    [HttpPost("/messages")]
    public async Task<IActionResult> Post(MessageForm form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!ModelState.IsValid)
        {
            return Unprocessable(View(nameof(Index), await PageAsync(form, null, null, cancellationToken)));
        }

        if (User.MemberId() is not { } member || !await members.ExistsAsync(member, cancellationToken))
        {
            await HttpContext.SignOutAsync();
            return Challenge();
        }

        await messages.PostAsync(member, User.Identity!.Name!, form.Ticket, form.Tidy(), cancellationToken);
        return RedirectToAction(nameof(Index));
    }

    /// <summary>The form to change or delete a message of one's own.</summary>
    [Authorize]
    [HttpGet("/messages/{id:long}/edit")]
    public async Task<IActionResult> Edit(long id, CancellationToken cancellationToken)
        => await messages.FindOwnAsync(id, User.MemberId() ?? 0, cancellationToken) is { } message ? View(new MessageForm { Text = message.Text }) : NotFound();

    /// <summary>Changes a message of one's own.</summary>
    [Authorize]
    [HttpPost("/messages/{id:long}/edit")]
    public async Task<IActionResult> Edit(long id, MessageForm form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!ModelState.IsValid)
        {
            return Unprocessable(View(form));
        }

        return await messages.EditAsync(id, User.MemberId() ?? 0, form.Tidy(), cancellationToken) ? RedirectToAction(nameof(Index)) : NotFound();
    }

    /// <summary>Deletes a message of one's own. Again, it is gone all the same.</summary>
    [Authorize]
    [HttpPost("/messages/{id:long}/delete")]
    public async Task<IActionResult> Delete(long id, CancellationToken cancellationToken)
    {
        await messages.DeleteAsync(id, User.MemberId() ?? 0, cancellationToken);
        return RedirectToAction(nameof(Index));
    }

    private static ViewResult Unprocessable(ViewResult page)
    {
        page.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return page;
    }

    private async Task<BoardPage> PageAsync(MessageForm form, string? search, long? before, CancellationToken cancellationToken)
    {
        var site = new SiteFacts(Replica.Of(identity, HttpContext.Connection), identity.Version.Split('+')[0], leadership.Leader);
        var change = await messages.NewestChangeAsync(cancellationToken); // before the messages are read: one that comes in between is told again
        return new(site, await messages.ReadAsync(search, before, cancellationToken), change, form, search?.Trim(), before, whoAmI.Value.Enabled);
    }
}
