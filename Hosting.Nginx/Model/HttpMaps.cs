namespace Stack.Hosting.Nginx.Model;

/// <summary>The variables of our own that the rest of the configuration uses.</summary>
internal static class HttpMaps
{
    public const string Connection = "$stack_connection";
    public const string RequestId = "$stack_request_id";
    public const string OwnProbe = "$stack_own_probe";
    public const string NoSniff = "$stack_nosniff";
    public const string ReferrerPolicy = "$stack_referrer_policy";

    public static IEnumerable<Directive> Build() =>
    [
        Map("$http_upgrade", Connection, ("default", "upgrade"), ("", "")) with
        {
            Comment = "No upgrade asked for: the header has to be EMPTY. With \"close\" no connection to a replica would ever be used twice.",
        },
        Map("$http_x_request_id", RequestId, ("default", NginxValue.Expression("$request_id")),
            ("~^[A-Za-z0-9._-]{1,128}$", NginxValue.Expression("$http_x_request_id"))) with
        {
            Comment = "The client's id if it is a harmless one, else Nginx's own.",
        },
        Map("$remote_addr|$http_x_forwarded_for|$http_forwarded|$http_via", OwnProbe, ("default", ""), ("127.0.0.1|||", 1), ("::1|||", 1)) with
        {
            Comment = "A request from this machine that no other proxy passed on.",
        },
        Map("$upstream_http_x_content_type_options", NoSniff, ("default", ""), ("", "nosniff")) with
        {
            Comment = "Security headers that the site does not set itself; twice would be wrong.",
        },
        Map("$upstream_http_referrer_policy", ReferrerPolicy, ("default", ""), ("", "strict-origin-when-cross-origin")),
    ];

    public static Directive Map(string source, string variable, params (NginxValue From, NginxValue To)[] entries) =>
        new("map", NginxValue.Expression(source), NginxValue.Expression(variable))
        {
            Children = [.. entries.Select(entry => new Directive(entry.From.Text.StartsWith('~') ? NginxValue.Expression(entry.From.Text) : entry.From, entry.To))],
        };
}
