using Stack.Hosting.Publishing.Images;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Kubernetes;

/// <summary>Writes what a person has to know who runs the output.</summary>
internal static class KubernetesReadme
{
    public static string Write(PublishPlan plan, PublishedImages images) => $$"""
        # {{plan.AppName}}, for Kubernetes

        Written by `stack publish kubernetes`; publishing again replaces what it has written, and nothing else.

        {{Seeds.Asked(plan.Parameters, KubernetesText.Seed)}}```sh
        images/build.sh                             # {{string.Join(", ", images.All.Select(i => i.Reference(plan)))}}
        kubectl apply -k .                          # after the images are where the cluster gets them
        kubectl -n {{plan.AppName.ToLowerInvariant()}} rollout status deployment
        ```

        - `secrets.env` is yours: `NAME=value`, taken as it stands, quotes included. It becomes a Secret whose name has a hash, so that a change replaces the pods.
        - Another registry, namespace, storage class, limits, an Ingress: in an overlay, a `kustomization.yaml` elsewhere with `resources: [this folder]`, `images:` with `newName`, and `patches:`.
        - A new version: publish with `--release 2`, build, apply. Pods are replaced one at a time, and only when the new one is ready; one that is stopped answers for 5 s more while the Service forgets it.
        - The claim `{{KubernetesObjects.StateClaim}}` holds keys for cookies and files of the sites. It wants storage that several nodes can write to (ReadWriteMany); SQLite must not be on storage of a network: give a server's connection string.
        - Nginx sees one server per site, the Service: it balances by connection, and `max_fails` has no effect.
        - Every pod of the cluster can reach the sites, and is believed what it says of the client (`STACK_PROXIES`, private networks): narrow it to the gateway's addresses in an overlay, or with a NetworkPolicy.
        - Dashboard: `kubectl -n {{plan.AppName.ToLowerInvariant()}} port-forward service/dashboard {{PublishedDashboard.Port}}`, then http://localhost:{{PublishedDashboard.Port}} with `DASHBOARD_TOKEN` of `secrets.env`.

        """;
}
