namespace Stack.Dashboard.Settings;

/// <summary>Which listeners may be reached from other machines: only those with TLS (or consent to none), a token and keys.</summary>
internal static class ListenerRules
{
    public static void Check(DashboardOptions options, SettingsSource source, bool anonymous)
    {
        var unsecuredTransport = source.Flag("ASPIRE_ALLOW_UNSECURED_TRANSPORT", false);
        foreach (var url in options.Frontend.EndpointUrls)
        {
            CheckOne(url, "front end", "Dashboard:Frontend:EndpointUrls", options.Frontend.AuthMode == FrontendAuthMode.Unsecured, "Dashboard:Frontend:AuthMode");
        }

        var otlpOpen = options.Otlp.AuthMode == KeyAuthMode.Unsecured;
        CheckOne(options.Otlp.GrpcEndpointUrl, "OTLP/gRPC", "Dashboard:Otlp:GrpcEndpointUrl", otlpOpen, "Dashboard:Otlp:AuthMode");
        CheckOne(options.Otlp.HttpEndpointUrl, "OTLP/HTTP", "Dashboard:Otlp:HttpEndpointUrl", otlpOpen, "Dashboard:Otlp:AuthMode");
        if (options.Api.Enabled && options.Api.AuthMode == KeyAuthMode.Unsecured && !anonymous
            && options.Frontend.EndpointUrls.FirstOrDefault(url => !OptionsReader.IsLoopback(url)) is { } open)
        {
            source.Report($"The telemetry API would be open to other machines at '{open}'. Set 'Dashboard:Api:AuthMode' to ApiKey, or bind 127.0.0.1.");
        }

        void CheckOne(Uri url, string listener, string setting, bool unsecured, string modeSetting)
        {
            if (OptionsReader.IsLoopback(url) || anonymous)
            {
                return;
            }

            if (url.Scheme != Uri.UriSchemeHttps && !unsecuredTransport)
            {
                source.Report($"The {listener} listener '{url}' ('{setting}') can be reached from other machines without TLS. "
                    + "Bind 127.0.0.1, use https, or set ASPIRE_ALLOW_UNSECURED_TRANSPORT=true.");
            }

            if (unsecured)
            {
                source.Report($"The {listener} listener '{url}' ('{setting}') can be reached from other machines, but '{modeSetting}' is Unsecured. "
                    + "Bind 127.0.0.1, choose another mode, or set ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true.");
            }
        }
    }
}
