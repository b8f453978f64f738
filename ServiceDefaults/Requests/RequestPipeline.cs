using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults.Gateway;

namespace Stack.ServiceDefaults.Requests;

/// <summary>Puts our middleware around everything the site has: who calls, forwarded headers, then the observer.</summary>
internal sealed class RequestPipeline(IConfiguration configuration) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<CallerCheck>();
        app.UseForwardedHeaders();
        app.UseMiddleware<RequestObserver>();
        if (configuration.GetValue<bool>(InstanceHeader.Setting))
        {
            app.UseMiddleware<InstanceHeader>();
        }

        next(app);
    };
}

/// <summary>Registers the pipeline and what it needs.</summary>
internal static class RequestPipelineSetup
{
    public static void AddRequestPipeline(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(GatewayAddresses.Parse(builder.Configuration[GatewayAddresses.Variable]));
        builder.Services.AddSingleton<IPostConfigureOptions<ForwardedHeadersOptions>, ForwardedHeadersSetup>();
        builder.Services.Configure<RequestSummaryOptions>(builder.Configuration.GetSection(RequestSummaryOptions.Section));
        builder.Services.AddSingleton<RequestSummary>();
        builder.Services.AddSingleton<IDeveloperPageExceptionFilter, DeveloperPageNote>();

        // The first filter is the outermost one.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, RequestPipeline>());
    }
}
