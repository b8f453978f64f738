using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Stack.Inject;

/// <summary>Adds ServiceDefaults to a web host of the site. What can't be loaded leaves the site as it is, with one line on stderr; a setting that can't be used stops it, as ServiceDefaults does.</summary>
internal static class Injection
{
    private const string Defaults = "Stack.ServiceDefaults";

    private static readonly Lazy<Entry> Loaded = new(Entry.Load);

    /// <summary>The site has it of its own, whatever the AppHost thought.</summary>
    private static bool SiteHasDefaults
        => AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string assemblies && assemblies.Contains($"{Path.DirectorySeparatorChar}{Defaults}.dll", StringComparison.Ordinal);

    public static void AddTo(IWebHostBuilder builder)
    {
        ForgetStartup();
        if (!SiteHasDefaults)
        {
            builder.ConfigureAppConfiguration(configuration => Try(() => Loaded.Value.AddSettings(configuration)));
            builder.ConfigureServices((context, services) => Add(services, context.Configuration, context.HostingEnvironment, isLate: false));
        }
    }

    public static void AddTo(IHostBuilder builder)
    {
        ForgetStartup();
        if (!SiteHasDefaults)
        {
            builder.ConfigureServices((context, services) =>
            {
                if (services.Any(s => s.ServiceType == typeof(IServer))
                    && services.LastOrDefault(s => s.ServiceType == typeof(IWebHostEnvironment))?.ImplementationInstance is IWebHostEnvironment environment)
                {
                    // An empty builder reads no environment: nobody but us asks for these settings.
                    if (context.Configuration is IConfigurationBuilder configuration)
                    {
                        Try(() => Loaded.Value.AddSettings(configuration));
                    }

                    Add(services, context.Configuration, environment, isLate: true);
                }
            });
        }
    }

    // By now it was read, and a site that this one starts has no use for it. A second host of this one is seen when it is built.
    private static void ForgetStartup() => OwnEntries.Remove("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", ';', typeof(Injection).Assembly.GetName().Name!);

    private static void Add(IServiceCollection services, IConfiguration configuration, IWebHostEnvironment environment, bool isLate)
    {
        ServiceDescriptor[] before = [.. services];
        if (!Try(() => Loaded.Value.AddServices(services, configuration, environment, isLate)))
        {
            services.Clear();
            foreach (var descriptor in before)
            {
                services.Add(descriptor);
            }
        }
    }

    private static bool Try(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            Console.Error.WriteLine($"Stack could not add telemetry, forwarded headers and shared keys to this site, which runs without them: {e.GetType().Name}: {e.Message} "
                + "WithServiceDefaults(inject: false) in the AppHost ends the attempt.");
            return false;
        }
    }

    /// <summary>The methods of ServiceDefaults that are for injection.</summary>
    private sealed record Entry(Action<IConfigurationBuilder> AddSettings, Action<IServiceCollection, IConfiguration, IWebHostEnvironment, bool> AddServices)
    {
        public static Entry Load()
        {
            var here = typeof(Injection).Assembly.Location;
            var defaults = new DefaultsContext(here).LoadFromAssemblyName(new AssemblyName(Defaults)).GetType($"{Defaults}.Injected.InjectedDefaults", throwOnError: true)!;
            return new(Method<Action<IConfigurationBuilder>>(defaults, nameof(AddSettings)),
                Method<Action<IServiceCollection, IConfiguration, IWebHostEnvironment, bool>>(defaults, nameof(AddServices)));
        }

        private static T Method<T>(Type type, string name)
            where T : Delegate
            => type.GetMethod(name, BindingFlags.Static | BindingFlags.Public)?.CreateDelegate<T>() ?? throw new MissingMethodException(type.FullName, name);
    }
}
