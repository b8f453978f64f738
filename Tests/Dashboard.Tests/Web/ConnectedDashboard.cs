using AngleSharp.Html.Dom;

namespace Stack.Dashboard.Tests.Web;

/// <summary>A dashboard that is connected to a control server of the tests.</summary>
internal static class ConnectedDashboard
{
    public const string ViewerToken = "the-token-that-only-reads";

    public static Task<TestDashboard> StartAsync(string socket, string? folder = null, params string[] settings) => ConnectAsync(TestDashboard.StartAsync(socket, folder, settings));

    /// <summary>One where the browser has signed in with a token.</summary>
    public static Task<TestDashboard> StartAsync(string socket, string? folder, string token) =>
        ConnectAsync(TestDashboard.StartSecuredAsync(socket, folder, $"--Dashboard:Frontend:ViewerToken={ViewerToken}"), token);

    /// <summary>Fills the form of a page as a person would, and sends it.</summary>
    public static Task<HttpResponseMessage> SubmitAsync(this TestDashboard dashboard, IHtmlDocument page, params (string Name, string Value)[] changes)
    {
        var form = page.QuerySelector("#confirm")!;
        var fields = form.QuerySelectorAll("input[name]").Cast<IHtmlInputElement>().ToDictionary(i => i.Name!, i => i.Value);
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return dashboard.Browser.PostAsync(form.GetAttribute("action"), new FormUrlEncodedContent(fields));
    }

    private static async Task<TestDashboard> ConnectAsync(Task<TestDashboard> starting, string? token = null)
    {
        var dashboard = await starting;
        if (token is not null)
        {
            (await dashboard.Browser.GetAsync($"/login?t={token}")).Dispose();
        }

        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());
        return dashboard;
    }
}
