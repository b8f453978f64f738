using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Aspire.Hosting.Lifecycle;

/// <summary>Registers services that are called at points of the application's start.</summary>
[Obsolete("Use EventingSubscriberServiceCollectionExtensions.")]
public static class LifecycleHookServiceCollectionExtensions
{
    /// <summary>Registers a hook.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    public static void AddLifecycleHook<T>(this IServiceCollection services)
        where T : class, IDistributedApplicationLifecycleHook
        => services.AddSingleton<IDistributedApplicationLifecycleHook, T>();

    /// <summary>Registers a hook.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="implementationFactory">Makes it.</param>
    public static void AddLifecycleHook<T>(this IServiceCollection services, Func<IServiceProvider, T> implementationFactory)
        where T : class, IDistributedApplicationLifecycleHook
        => services.AddSingleton<IDistributedApplicationLifecycleHook, T>(implementationFactory);

    /// <summary>Registers a hook unless there is one of its type.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    public static void TryAddLifecycleHook<T>(this IServiceCollection services)
        where T : class, IDistributedApplicationLifecycleHook
        => services.TryAddEnumerable(ServiceDescriptor.Singleton<IDistributedApplicationLifecycleHook, T>());

    /// <summary>Registers a hook unless there is one of its type.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="implementationFactory">Makes it.</param>
    public static void TryAddLifecycleHook<T>(this IServiceCollection services, Func<IServiceProvider, T> implementationFactory)
        where T : class, IDistributedApplicationLifecycleHook
        => services.TryAddEnumerable(ServiceDescriptor.Singleton<IDistributedApplicationLifecycleHook, T>(implementationFactory));
}
