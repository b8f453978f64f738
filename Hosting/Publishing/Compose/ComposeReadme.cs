using Stack.Hosting.Publishing.Images;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Compose;

/// <summary>Writes what a person has to know who runs the output.</summary>
internal static class ComposeReadme
{
    public static string Write(PublishPlan plan, PublishedImages images) => $$"""
        # {{plan.AppName}}, for Docker Compose

        Written by `stack publish compose`; publishing again replaces what it has written, and nothing else. `docker-compose` below may be `docker compose` too.

        ## Start
        {{Seeds.Asked(plan.Parameters, ".env")}}```sh
        images/build.sh                             # {{string.Join(", ", images.All.Select(i => i.Reference(plan)))}}
        docker-compose up -d --remove-orphans
        docker-compose ps                           # each replica is a service of its own, with a health
        ```
        `build.sh` needs the .NET SDK, an engine, and the sources: it looks for them in the folders above, or in the one that it is given. `BASE_IMAGE` names another base image.
        On another machine: push the images (`{{images.All.FirstOrDefault()?.Variable ?? "SITE_IMAGE"}}=registry.example.com/site:2 images/build.sh`), give the same names in `.env` there, and copy this folder.
        {{Entrances(plan)}}
        ## A new version
        ```sh
        stack publish compose FOLDER --release 2    # the same folder, another tag
        images/build.sh
        ./stack-roll.sh                             # jobs first, then one replica after another; stops at the first that does not get healthy
        ```
        `docker-compose up -d` would replace all replicas at once. Requests that take longer than the grace of a stop are cut.

        A replica that does not get healthy stops the script: it gets no requests, and the others serve on as they were. The way back is what was there before: the folder published with the release before (or its image named in `.env`), then `./stack-roll.sh --changed`, which leaves alone what is as it should be.

        ## Another number of replicas
        ```sh
        stack publish compose FOLDER --replicas {{plan.Programs.FirstOrDefault(p => p.IsSite)?.Name ?? "site"}}=8
        ./stack-roll.sh --changed                   # those that stay run on; surplus ones go after Nginx has given them up
        ```
        Nginx takes the new list over without a stop. Its container still has the hosts of before, and is replaced by `docker-compose up -d` only: do that at a quiet moment, as it is closed meanwhile.

        ## What is yours
        - `.env`: values that are never changed by publishing, only added; readable by its owner alone. `.env.example` names them all.
        - Limits, of each container: `{{ComposeServices.LimitsOf(plan.Programs.FirstOrDefault(p => p.IsSite)?.Name ?? "site").Memory}}=512m` and `{{ComposeServices.LimitsOf(plan.Programs.FirstOrDefault(p => p.IsSite)?.Name ?? "site").Cpus}}=1.5` in `.env`, and the same of the others, then `./stack-roll.sh --changed`; 0 is none. .NET takes three quarters of the memory for its heap.
        - `docker-compose.override.yaml`: whatever Compose should do otherwise.
        - The gateway's own `conf.d/`: in the folder `nginx/` beside the AppHost, which is published with it.

        ## What is where
        - Volume `{{ComposeServices.StateVolume}}`: keys for cookies, and files of the sites; `{{ComposeServices.TelemetryVolume}}`: what the dashboard keeps. `docker-compose down` keeps them, `down -v` removes them.
        - All containers of ours run without rights, as {{PublishedImage.User}} (Nginx: 101:101), on a root that can't be written to.
        - Sites believe what proxies in private networks say of the client (`STACK_PROXIES`): nobody else reaches them, as only the gateway has a port.
        - Replicas behind a gateway have addresses of their own (`{{ComposeAddresses.Setting}}` in `.env`, the first three bytes): Nginx looks names up only when it starts, and so it starts also while one of them is down. A second stack of the same name on one machine needs another `COMPOSE_PROJECT_NAME`, `{{ComposeAddresses.Setting}}` and ports.
        - After a restart of the machine containers start in any order, and Nginx leaves out a replica that does not answer.
        - An image made by `dotnet publish -t:PublishContainer` belongs to root, and its volume would too. On top of it: `FROM that-image` and `COPY --chown={{PublishedImage.User}} an-empty-folder/ /var/lib/stack/{{plan.AppName}}/`.

        """;

    private static string Entrances(PublishPlan plan)
    {
        var gateways = plan.Gateways.Select(g => $"- {string.Join(", ", g.Sites)}: http://localhost:{g.Port} ({(g.IsExternal ? "all addresses" : "this machine only")}; `{ComposeText.Name(g.Name)}_ADDRESS`, `{ComposeText.Name(g.Name)}_PORT`)\n");
        var dashboard = plan.Dashboard is null ? "" : $"- dashboard: http://localhost:{PublishedDashboard.Port} (this machine only), token `DASHBOARD_TOKEN` in `.env`\n";
        return $"\n{string.Concat(gateways)}{dashboard}";
    }
}
