using Stack.Hosting.Publishing.Images;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Kubernetes;

/// <summary>Writes an example of what users add to the output in a folder of their own, with the names of the plan.</summary>
internal static class KubernetesOverlay
{
    public static string Kustomization(PublishPlan plan, PublishedImages images)
    {
        List<string> lines = [$"namespace: {plan.AppName.ToLowerInvariant()}", "resources:", "  - ../kubernetes                           # this folder", .. plan.Gateways.Count > 0 ? ["  - ingress.yaml"] : Array.Empty<string>()];
        if (images.All.Any())
        {
            lines.AddRange(["images:", .. images.All.Select(i => $"  - {{ name: {i.Repository(plan)}, newName: registry.example.org/{i.Repository(plan)} }}")]);
        }

        if (plan.Programs.Count > 0)
        {
            lines.Add($$"""
                patches:
                  - target: { kind: PersistentVolumeClaim, name: {{KubernetesObjects.StateClaim}} }
                    patch: |-
                      - { op: add, path: /spec/storageClassName, value: shared }
                """);
        }

        foreach (var site in plan.Programs.Where(p => p.IsSite).Take(1))
        {
            lines.Add($$"""
                  - patch: |-
                      apiVersion: apps/v1
                      kind: Deployment
                      metadata: { name: {{site.Name}} }
                      spec:
                        template:
                          spec:
                            containers:
                              - name: {{site.Name}}
                                env: [{ name: STACK_PROXIES, value: 10.244.0.0/16 }]
                                resources: { limits: { memory: 512Mi } }
                """);
        }

        return string.Join('\n', lines);
    }

    /// <summary>The way in from outside, to the first gateway.</summary>
    public static string Ingress(PublishPlan plan) => $$"""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: {{plan.Gateways[0].Name}} }
        spec:
          rules:
            - host: www.example.org
              http:
                paths:
                  - path: /
                    pathType: Prefix
                    backend:
                      service:
                        name: {{plan.Gateways[0].Name}}
                        port: { name: http }
        """;
}
