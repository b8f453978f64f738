using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Web.Api;

/// <summary>Lets into the telemetry API who shows a key, or is signed in with a browser.</summary>
internal sealed class ApiAccess(DashboardOptions options) : IEndpointFilter
{
    public const string Header = "X-API-Key";
    private readonly KeyCheck _keys = new(options.Api.PrimaryApiKey, options.Api.SecondaryApiKey);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!options.Api.Enabled)
        {
            return TypedResults.Problem("The telemetry API is switched off; 'Dashboard:Api:Enabled' is false.", statusCode: StatusCodes.Status404NotFound);
        }

        var http = context.HttpContext;
        var isLetIn = options.Api.AuthMode == KeyAuthMode.Unsecured
            || _keys.Accepts(http.Request.Headers[Header])
            || http.User.Identity?.IsAuthenticated == true;
        return isLetIn
            ? await next(context)
            : TypedResults.Problem($"The header '{Header}' is missing or wrong.", statusCode: StatusCodes.Status401Unauthorized);
    }
}
