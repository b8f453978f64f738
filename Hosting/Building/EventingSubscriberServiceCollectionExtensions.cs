using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Aspire.Hosting.Lifecycle;

/// <summary>Registers services that add handlers of events before the application starts.</summary>
public static class EventingSubscriberServiceCollectionExtensions
{
    /// <summary>Registers a subscriber.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    public static void AddEventingSubscriber<T>(this IServiceCollection services)
        where T : class, IDistributedApplicationEventingSubscriber
        => services.AddSingleton<IDistributedApplicationEventingSubscriber, T>();

    /// <summary>Registers a subscriber.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="implementationFactory">Makes it.</param>
    public static void AddEventingSubscriber<T>(this IServiceCollection services, Func<IServiceProvider, T> implementationFactory)
        where T : class, IDistributedApplicationEventingSubscriber
        => services.AddSingleton<IDistributedApplicationEventingSubscriber, T>(implementationFactory);

    /// <summary>Registers a subscriber unless there is one of its type.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    public static void TryAddEventingSubscriber<T>(this IServiceCollection services)
        where T : class, IDistributedApplicationEventingSubscriber
        => services.TryAddEnumerable(ServiceDescriptor.Singleton<IDistributedApplicationEventingSubscriber, T>());

    /// <summary>Registers a subscriber unless there is one of its type.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="implementationFactory">Makes it.</param>
    public static void TryAddEventingSubscriber<T>(this IServiceCollection services, Func<IServiceProvider, T> implementationFactory)
        where T : class, IDistributedApplicationEventingSubscriber
        => services.TryAddEnumerable(ServiceDescriptor.Singleton<IDistributedApplicationEventingSubscriber, T>(implementationFactory));
}
