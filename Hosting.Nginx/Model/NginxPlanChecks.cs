using System.Net;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Model;

/// <summary>Finds everything that is wrong with a plan before anything is made of it.</summary>
internal static class NginxPlanChecks
{
    /// <summary>Longest path that a unix socket may have, in bytes.</summary>
    private const int MaxSocketPath = 107;

    public static void ThrowIfInvalid(NginxPlan plan)
    {
        var errors = Errors(plan).ToList();
        if (errors.Count > 0)
        {
            throw new DistributedApplicationException(
                $"The configuration of Nginx '{plan.Name}' can't be made:{string.Concat(errors.Select(error => $"{Environment.NewLine}- {error}"))}");
        }
    }

    private static IEnumerable<string> Errors(NginxPlan plan)
    {
        if (!NginxNames.IsResourceName(plan.Name))
        {
            yield return $"The name '{Visible(plan.Name)}' of the resource may hold letters, digits and hyphens only.";
        }

        if (plan.Port is < IPEndPoint.MinPort + 1 or > IPEndPoint.MaxPort)
        {
            yield return $"Port {plan.Port} given to AddNginx is not a port. Use 1 to 65535.";
        }

        if (plan.ListenOn.Count == 0)
        {
            yield return "There is no address to listen on.";
        }

        if (plan.Version < NginxVersion.Oldest)
        {
            yield return $"nginx {plan.Version} is too old. Use {NginxVersion.Oldest} or newer.";
        }

        if (plan.Processors < 1)
        {
            yield return $"{plan.Processors} processors are not enough for a worker.";
        }

        if (!IsUsablePath(plan.Folder))
        {
            yield return $"The folder '{Visible(plan.Folder)}' (setting Stack:State) has to be an absolute path without '$' and control characters: " +
                "Nginx would take '$' for the start of a variable.";
        }

        if (plan.WorkerUser is { } user && !(IsAccountName(user.User) && IsAccountName(user.Group)))
        {
            yield return $"'{Visible(user.User)}' and '{Visible(user.Group)}' are not names of a user and a group.";
        }

        foreach (var error in UpstreamErrors(plan).Concat(SteeringErrors(plan.Steering)).Concat(plan.Timings.Errors()).Concat(OptionChecks.Errors(plan)))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> UpstreamErrors(NginxPlan plan)
    {
        if (plan.Upstreams.Count == 0)
        {
            yield return "It has no upstream. Call WithUpstream(site).";
        }

        foreach (var error in plan.Upstreams.SelectMany(upstream => UpstreamErrors(plan, upstream)))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> UpstreamErrors(NginxPlan plan, UpstreamPlan upstream)
    {
        if (!NginxNames.IsResourceName(upstream.Site))
        {
            yield return $"The name '{Visible(upstream.Site)}' of the upstream may hold letters, digits and hyphens only.";
        }

        if (!Enum.IsDefined(upstream.Balancing))
        {
            yield return $"{(int)upstream.Balancing} given to WithUpstream is not a way of balancing. Use {string.Join(", ", Enum.GetNames<NginxBalancing>())}.";
        }

        foreach (var twice in upstream.Servers.GroupBy(server => server).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Key} is the address of {twice.Count()} replicas of '{Visible(upstream.Site)}'. Each needs a port of its own; see WithSequentialPorts.";
        }

        foreach (var server in upstream.Servers.Where(server => server.Port == plan.Port && !upstream.Hosts.ContainsKey(server)))
        {
            yield return $"Port {plan.Port} given to AddNginx is also that of a replica of '{Visible(upstream.Site)}' ({server}). Give one of them another port.";
        }

        foreach (var server in upstream.Servers.Where(server => server.Port == 0))
        {
            yield return $"A replica of '{Visible(upstream.Site)}' has no port ({server}).";
        }
    }

    private static IEnumerable<string> SteeringErrors(SteeringPlan? steering)
    {
        if (steering is null)
        {
            yield break;
        }

        if (!IsUsablePath(steering.FlagFolder) || (steering.AdminSocket is { } admin && !IsUsablePath(admin)))
        {
            yield return $"The folders of '{Visible(steering.FlagFolder)}' (setting Stack:State) and '{Visible(steering.AdminSocket ?? "")}' (from XDG_RUNTIME_DIR or TMPDIR) have to be absolute paths without '$' and control characters.";
        }

        if (steering.AdminSocket is { } socket && Encoding.UTF8.GetByteCount(socket) is > MaxSocketPath and var length)
        {
            yield return $"The socket '{Visible(socket)}' has a path of {length} bytes; a unix socket may have {MaxSocketPath}. Set XDG_RUNTIME_DIR (or TMPDIR) to a shorter path, or give the app a shorter name.";
        }
    }

    internal static bool IsUsablePath(string path) =>
        Path.IsPathFullyQualified(path) && !path.Contains('$', StringComparison.Ordinal) && !path.Any(char.IsControl);

    private static bool IsAccountName(string name) =>
        name.Length > 0 && name[0] != '-' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    internal static string Visible(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}
