using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;

namespace Stack.ServiceDefaults.Commands;

/// <summary>Asks an address, as a health check of a container does.</summary>
internal static class ProbeCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string[] args, TimeProvider time, TextWriter error, CancellationToken cancellationToken)
    {
        if (Read(args) is not { } asked)
        {
            return StackCommands.Refuse(error, "--probe takes an http or https address and, where it is not to be any of 200 to 299, the status that is expected: --probe http://127.0.0.1:8001/health 204");
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
            using var answer = await client.GetAsync(asked.Address, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (asked.Status is { } status ? answer.StatusCode == status : answer.IsSuccessStatusCode)
            {
                return StackCommands.Done;
            }

            await error.WriteLineAsync($"{asked.Address} answered {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException failure)
        {
            await error.WriteLineAsync($"{asked.Address} did not answer: {failure.Message}");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            await error.WriteLineAsync($"{asked.Address} did not answer within {Limit.TotalSeconds} s.");
        }

        return StackCommands.Failed;
    }

    private static (Uri Address, HttpStatusCode? Status)? Read(string[] args)
    {
        if (args.Length is < 1 or > 2 || !Uri.TryCreate(args[0], UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            return null;
        }

        return args.Length == 1 ? (address, null)
            : int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? (address, (HttpStatusCode)status)
            : null;
    }
}
