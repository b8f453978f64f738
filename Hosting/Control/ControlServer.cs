using Aspire.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stack.Hosting.Control;

/// <summary>Serves the control socket: HTTP and JSON over a unix socket that only those whom <see cref="SocketAccess"/> names may use. Translates requests to <see cref="IStackControl"/>; holds no state.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping;
    private readonly TimeProvider _time;
    private int _disposed;

    private ControlServer(WebApplication app, CancellationTokenSource stopping, TimeProvider time, string socketPath)
    {
        _app = app;
        _stopping = stopping;
        _time = time;
        SocketPath = socketPath;
    }

    /// <summary>Path of the socket.</summary>
    public string SocketPath { get; }

    /// <summary>Makes the run folder and the socket and begins to serve. The caller holds the lock of the state folder, so a socket that is there is a stale one.</summary>
    /// <exception cref="DistributedApplicationException">The run folder is not ours alone, the path is too long, or the socket can't be bound.</exception>
    public static async Task<ControlServer> StartAsync(
        string runFolder, SocketAccess access, IStackControl control, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var socketPath = SocketFolder.Prepare(runFolder, access);
        var stopping = new CancellationTokenSource();
        var app = Build(socketPath, new ControlContext(control, access, new Operations(time), time, loggers.CreateLogger<ControlServer>(), stopping.Token));
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows())
            {
                // Bound with the umask's mode; until here the folder's mode protects.
                if (access.Group is { } group)
                {
                    Native.SetGroup(socketPath, group);
                }

                File.SetUnixFileMode(socketPath, access.SocketMode);
            }
        }
        catch (Exception e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            stopping.Dispose();
            if (e is IOException)
            {
                throw new DistributedApplicationException($"The control socket '{socketPath}' could not be made: {e.Message}", e);
            }

            throw;
        }

        return new ControlServer(app, stopping, time, socketPath);
    }

    /// <summary>Ends open event and log streams and waits for the rest, takes the socket away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        using (var limit = new CancellationTokenSource(StopLimit, _time))
        {
            await _app.StopAsync(limit.Token).ConfigureAwait(false);
        }

        await _app.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        File.Delete(SocketPath);
        try
        {
            Directory.Delete(Path.GetDirectoryName(SocketPath)!);
        }
        catch (IOException)
        {
            // Somebody keeps something of his own in it.
        }
    }

    private static WebApplication Build(string socketPath, ControlContext context)
    {
        // The empty builder reads no environment variable: ASPNETCORE_URLS is about the sites, not about this socket.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Limits.MinResponseDataRate = null;   // a reader of logs may be as slow as it likes
            kestrel.ListenUnixSocket(socketPath, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(PeerCheck.Note);
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();   // signals are the AppHost's business

        var app = builder.Build();
        app.Use(next => request => RequestGuard.RunAsync(request, next, context));
        var v1 = app.MapGroup("/v1");
        StatusRoutes.Map(v1, context);
        EventRoutes.Map(v1, context);
        LogRoutes.Map(v1, context);
        CommandRoutes.Map(v1, context);
        ReleaseRoutes.Map(v1, context);
        OperationRoutes.Map(v1, context);
        app.MapFallback(request => Problems.WriteAsync(
            request, StatusCodes.Status404NotFound, $"The control socket has no '{request.Request.Method} {request.Request.Path}'."));
        return app;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>What every group of routes needs.</summary>
/// <param name="Control">The stack.</param>
/// <param name="Access">Whom to let in.</param>
/// <param name="Operations">The commands that nobody waits for.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Takes one line per command.</param>
/// <param name="Stopping">Ends streams and waits when the server stops.</param>
internal sealed record ControlContext(IStackControl Control, SocketAccess Access, Operations Operations, TimeProvider Time, ILogger Logger, CancellationToken Stopping);
