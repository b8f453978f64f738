using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stack.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps the framework's own request lines out of the logs: four or five records for each request, with query strings in full.
/// One summary record takes their place (<see cref="Requests.RequestSummary"/>).
/// </summary>
internal static class LogFilters
{
    private static readonly string[] Quiet = ["Microsoft.AspNetCore", "System.Net.Http.HttpClient"];

    public static void Add(IHostApplicationBuilder builder)
    {
        foreach (var category in Quiet.Where(category => !IsConfigured(builder.Configuration, category)))
        {
            builder.Logging.AddFilter(category, LogLevel.Warning);
        }
    }

    // "Logging:LogLevel:Microsoft" speaks for Microsoft.AspNetCore too; "Default" does not, for a template sets it to Information.
    private static bool IsConfigured(IConfiguration configuration, string category)
    {
        for (var name = category; ; name = name[..name.LastIndexOf('.')])
        {
            if (configuration[$"Logging:LogLevel:{name}"] is not null)
            {
                return true;
            }

            if (!name.Contains('.'))
            {
                return false;
            }
        }
    }
}
