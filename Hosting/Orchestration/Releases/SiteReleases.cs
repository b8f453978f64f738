using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>The releases of one site: makes new ones, knows which one each replica is launched from, and keeps it for the next AppHost.</summary>
/// <param name="plan">The site.</param>
/// <param name="store">Its releases on the disk.</param>
/// <param name="keep">How many stay there, at least.</param>
/// <param name="publisher">Publishes the project; null: it can't be.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Its log.</param>
internal sealed partial class SiteReleases(ResourcePlan plan, ReleaseStore store, int keep, IReleasePublisher publisher, TimeProvider time, ILogger logger)
{
    /// <summary>Its category in the log.</summary>
    public const string Log = "Stack.Releases";

    private ReleaseHistory _history = ReleaseHistory.Empty;

    public string Name => plan.Name;

    public ReleaseTargets Targets { get; private set; } = new(null);

    /// <summary>Name of the release that is current.</summary>
    public string Current => _history.Current;

    /// <summary>The site that this is a job of, whose releases it runs from; null: it is none.</summary>
    public string? Site { get; private set; }

    private PublishedSiteAnnotation? Own => plan.Resource.TryGetLastAnnotation<PublishedSiteAnnotation>(out var own) ? own : null;

    /// <summary>Takes over what the AppHost before has kept: in production its release goes on; in development the sources run again, and the release is the one before.</summary>
    /// <exception cref="DistributedApplicationException">It is not known, or not there any more: nothing else may take its place unasked.</exception>
    public void Open(bool isDevelopment)
    {
        _history = store.ReadHistory();
        if (_history.Current == ReleaseName.Build)
        {
            return;
        }

        if (isDevelopment)
        {
            LogSources(plan.Name, _history.Current);
            Use(_history.Deployed(ReleaseName.Build));
            return;
        }

        var release = store.Find(_history.Current)
            ?? throw new DistributedApplicationException($"The release '{_history.Current}' of '{plan.Name}', which is to run, is not in '{store.Root}' any more. Put it back there, or write another one of {Listed()} into current.json.");
        Targets = new ReleaseTargets(release);
        LogRelease(plan.Name, release.Name, release.Folder);
    }

    /// <summary>A job has no releases of its own: its next launches are from that of the site which waits for it.</summary>
    public void Follow(SiteReleases site)
    {
        Site = site.Name;
        _history = new ReleaseHistory(site.Current, []);
        Targets.Use(site.Targets.Current);
    }

    /// <summary>Makes a release of a published folder, or of the project as it is now.</summary>
    /// <exception cref="InvalidSettingException">The order can't be carried out as it is.</exception>
    /// <exception cref="DistributedApplicationException">It could not be made; nothing is left of it.</exception>
    public async Task<ReleaseMove> MakeAsync(DeployOrder order, CancellationToken cancellationToken)
    {
        Check(order);
        try
        {
            var release = await store.MakeAsync(order.Label, time, draft => order.Folder is { } folder
                ? Task.Run(() => PublishedFolder.Copy(plan.Name, folder, draft, cancellationToken), cancellationToken)
                : publisher.PublishAsync(plan, draft, store.BuildFolder, cancellationToken)).ConfigureAwait(false);
            LogMade(plan.Name, release.Name, release.Folder);
            return new ReleaseMove(release, _history.Deployed(release.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The release could not be made in '{store.Root}': {e.Message} Nothing was changed.", e);
        }
    }

    /// <summary>Finds the release to go back to.</summary>
    /// <param name="to">Its name or label; null: the one before the current one.</param>
    /// <param name="cancellationToken">Ends the look at the project's build.</param>
    /// <exception cref="DistributedApplicationException">There is none, or it can't be run.</exception>
    public async Task<ReleaseMove> BackAsync(string? to, CancellationToken cancellationToken)
    {
        var names = store.Names();
        var history = _history.Only(names.ToHashSet());
        var name = to is null
            ? history.Previous ?? throw new DistributedApplicationException($"There is no release of '{plan.Name}' before '{Current}'. {Known(names)}")
            : Resolve(to, names);
        if (name == Current)
        {
            throw new InvalidSettingException("to", $"'{plan.Name}' is at '{name}' already. {Known(names)} 'stack roll {plan.Name}' restarts it as it is.");
        }

        if (name != ReleaseName.Build)
        {
            return new ReleaseMove(store.Find(name) ?? throw new DistributedApplicationException($"The release '{name}' of '{plan.Name}' is gone. {Known(store.Names())}"), history.BackTo(name));
        }

        await publisher.EnsureBuildAsync(plan, cancellationToken).ConfigureAwait(false);
        return new ReleaseMove(null, history.BackTo(name));
    }

    /// <summary>The roll-out to it is done: it is current, for the next AppHost too.</summary>
    /// <exception cref="DistributedApplicationException">It can't be written down.</exception>
    public void Use(ReleaseHistory history)
    {
        LogNow(plan.Name, history.Current, _history.Current);
        _history = history;
        try
        {
            store.WriteHistory(history);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"'{plan.Name}' runs '{history.Current}', but that can't be written down for the next AppHost: {e.Message} When that is mended, 'stack rollback {plan.Name} --to {history.Previous}' and back again writes it.", e);
        }
    }

    /// <summary>The folders that replicas run from or are launched from, that of the next launches first.</summary>
    /// <param name="first">The release that a roll-out is about to go to; null: none.</param>
    /// <param name="runs">What each replica runs, as text with its paths.</param>
    public IReadOnlyList<string> FoldersInUse(Release? first, IEnumerable<string> runs)
    {
        List<string> texts = [.. runs];
        var running = store.Names().Select(n => Path.Combine(store.Root, n)).Where(f => texts.Exists(t => Has(t, f)));
        var current = Targets.Current?.Folder ?? Own?.Folder;
        return [.. new[] { first?.Folder, current }.OfType<string>().Concat(running).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>All of them, the newest first, then what the AppHost itself runs.</summary>
    /// <param name="runs">The replicas, and what each runs, as text with its paths.</param>
    public ReleaseList List(IReadOnlyList<(string Replica, string Text)> runs)
    {
        List<ReleaseInfo> all = [.. store.Names().Select(n => Info(n, Path.Combine(store.Root, n), runs))];
        var known = all.SelectMany(r => r.Replicas).ToHashSet();
        all.Add(new ReleaseInfo { Name = ReleaseName.Build, Current = Current == ReleaseName.Build, Previous = _history.Previous == ReleaseName.Build, Replicas = [.. runs.Where(r => r.Text.Length > 0 && !known.Contains(r.Replica)).Select(r => r.Replica)] });
        return new ReleaseList { Resource = plan.Name, Current = Current, Previous = _history.Previous, Releases = all };
    }

    private ReleaseInfo Info(string name, string folder, IReadOnlyList<(string Replica, string Text)> runs) => new()
    {
        Name = name,
        MadeAt = ReleaseName.MadeAt(name),
        Folder = folder,
        Current = name == Current,
        Previous = name == _history.Previous,
        Replicas = [.. runs.Where(r => Has(r.Text, folder)).Select(r => r.Replica)],
    };

    private static bool Has(string text, string folder) => text.Contains($"{folder}/", StringComparison.Ordinal);

    /// <summary>Removes old releases: all but the newest ones, the current one, the one before that, and those that a replica runs from.</summary>
    public void Prune(IEnumerable<string> foldersInUse)
    {
        var spared = foldersInUse.Select(f => Path.GetFileName(f)).Append(_history.Current).Append(_history.Previous).ToHashSet();
        foreach (var name in store.Names().Skip(keep).Where(n => !spared.Contains(n)))
        {
            try
            {
                store.Remove(name);
                LogRemoved(plan.Name, name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(plan.Name, name, e.Message);
            }
        }
    }

    private void Check(DeployOrder order)
    {
        if (order.Label is { } label && !ReleaseName.IsLabel(label))
        {
            throw new InvalidSettingException("name", $"'{label}' can't be the name of a release; it takes {ReleaseName.LabelRule}.");
        }

        if (order.Folder is not { } folder)
        {
            return;
        }

        if (!Path.IsPathFullyQualified(folder))
        {
            throw new InvalidSettingException("folder", $"The folder '{folder}' has to be a full path.");
        }

        var (full, root) = (Real(folder), Real(store.Root));
        if ($"{full}/".StartsWith($"{root}/", StringComparison.Ordinal))
        {
            throw new InvalidSettingException("folder", $"The folder '{folder}' is one of the releases themselves; 'stack rollback {plan.Name} --to <release>' goes to one of them.");
        }

        if ($"{root}/".StartsWith($"{full}/", StringComparison.Ordinal))
        {
            throw new InvalidSettingException("folder", $"The folder '{folder}' has the AppHost's state in it ('{store.Root}'); publish the site to a folder of its own.");
        }

        try
        {
            PublishedFolder.Check(plan.Name, full);
        }
        catch (DistributedApplicationException e)
        {
            throw new InvalidSettingException("folder", e.Message);
        }
    }

    // Where the path leads in the end: its last part may be a link, as in /opt/site/current.
    private static string Real(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Directory.Exists(full) && Directory.ResolveLinkTarget(full, returnFinalTarget: true) is { } target ? Path.TrimEndingDirectorySeparator(target.FullName) : full;
    }

    private string Resolve(string asked, IReadOnlyList<string> names)
    {
        if (string.Equals(asked, ReleaseName.Build, StringComparison.OrdinalIgnoreCase))
        {
            return ReleaseName.Build;
        }

        return names.Where(n => ReleaseName.Fits(n, asked)).ToList() switch
        {
            [var only] => only,
            [] => throw new InvalidSettingException("to", $"There is no release '{asked}' of '{plan.Name}'. {Known(names)}"),
            var several => throw new InvalidSettingException("to", $"Several releases of '{plan.Name}' are called '{asked}': {string.Join(", ", several)}. Name one of them in full."),
        };
    }

    private string Known(IReadOnlyList<string> names)
        => names.Count > 0 ? $"There are: {string.Join(", ", names)}; and '{ReleaseName.Build}', what the AppHost itself runs." : $"None was made yet: 'stack deploy {plan.Name}' makes one.";

    private string Listed() => store.Names() is { Count: > 0 } names ? string.Join(", ", names) : "those that you have";

    [LoggerMessage(3311, LogLevel.Information, "Resource '{Resource}' runs release {Release}, in '{Folder}'.")]
    private partial void LogRelease(string resource, string release, string folder);

    [LoggerMessage(3312, LogLevel.Information, "Resource '{Resource}' runs its sources, as always in development; release {Release}, which ran last, is kept: 'stack rollback' goes to it.")]
    private partial void LogSources(string resource, string release);

    [LoggerMessage(3313, LogLevel.Information, "Release {Release} of '{Resource}' was made in '{Folder}'.")]
    private partial void LogMade(string resource, string release, string folder);

    [LoggerMessage(3317, LogLevel.Information, "Resource '{Resource}' runs {Release} from now on; before, it was {Before}.")]
    private partial void LogNow(string resource, string release, string before);

    [LoggerMessage(3314, LogLevel.Information, "Release {Release} of '{Resource}' is no longer kept.")]
    private partial void LogRemoved(string resource, string release);

    [LoggerMessage(3315, LogLevel.Warning, "Release {Release} of '{Resource}' can't be removed: {Reason}")]
    private partial void LogNotRemoved(string resource, string release, string reason);
}

/// <summary>What to deploy.</summary>
/// <param name="Folder">Full path of a published folder; null: the project is published first.</param>
/// <param name="Label">Names the release beside its time; null: a hash of its program does.</param>
internal sealed record DeployOrder(string? Folder, string? Label);

/// <summary>A step to another release.</summary>
/// <param name="Target">The release; null: what the AppHost itself runs the site from.</param>
/// <param name="After">What is kept once all replicas run it.</param>
internal sealed record ReleaseMove(Release? Target, ReleaseHistory After);
