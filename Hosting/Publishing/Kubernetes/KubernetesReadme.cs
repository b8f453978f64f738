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
        kubectl apply -k .                          # after the images are where the cluster gets them; with an overlay: its folder
        kubectl -n {{Namespace(plan)}} rollout status deployment
        ```

        - **Parameters**: `secrets.env` is yours: `NAME=value`, taken as it stands, quotes included. It becomes a Secret whose name has a hash, so that a change replaces the pods.
        - **A new version**: publish with `--release 2`, build, apply. Pods are replaced one at a time, and only when the new one is ready; one that is stopped answers for 5 s more while the Service forgets it. A pod's jobs run before it, each time: running them again has to change nothing.
        - **Back**: `kubectl -n {{Namespace(plan)}} rollout undo deployment/NAME`, or apply the folder of the version before. What a job did to a database stays.
        - **Storage**: the claim `{{KubernetesObjects.StateClaim}}` holds keys for cookies and files of the sites. It wants a storage class that several nodes can write to (ReadWriteMany); with one node ReadWriteOnce will do. SQLite must not be on storage of a network: give a server's connection string.
        - **Connections**: Nginx sees the Service and not the pods behind it. It balances by connection; what a pod that is gone refuses it tries again, up to three times, and so mostly at another.
        - **From outside**: nothing but an Ingress or another Service of yours leads to Nginx. One that speaks TLS tells client and scheme in headers, which Nginx believes from whom `WithTrustedProxies` of the AppHost names.
        - **Trust**: every pod of the cluster can reach the sites, and is believed what it says of the client (`STACK_PROXIES`, private networks): narrow it to the network of your pods, or let a NetworkPolicy keep others away.
        - **Dashboard**: `kubectl -n {{Namespace(plan)}} port-forward service/dashboard {{PublishedDashboard.Port}}`, then http://localhost:{{PublishedDashboard.Port}} with `DASHBOARD_TOKEN` of `secrets.env`.

        ## What is yours

        Another registry, storage class, limits, an Ingress: in an overlay, a folder beside this one. For example `kustomization.yaml`:

        ```yaml
        {{KubernetesOverlay.Kustomization(plan, images)}}
        ```
        {{(plan.Gateways.Count == 0 ? "" : $"\nand `ingress.yaml`:\n\n```yaml\n{KubernetesOverlay.Ingress(plan)}\n```\n")}}
        """;

    private static string Namespace(PublishPlan plan) => plan.AppName.ToLowerInvariant();
}
