namespace Gateway.Proxies;

/// <summary>Nginx as it is set up by hand: proxy_pass to a few servers, some headers, and the defaults of Nginx, which are HTTP/1.0 and a new connection for each request.</summary>
internal static class ClassicConfig
{
    /// <returns>The configuration file.</returns>
    public static string Write(string folder, int port, IReadOnlyList<int> servers)
    {
        var text = $$"""
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            worker_processes 1;
            events {
                worker_connections 4096;
            }
            http {
                access_log {{folder}}/access.log;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                keepalive_requests 10000;
                upstream site {
                    {{string.Join("\n        ", servers.Select(server => $"server 127.0.0.1:{server};"))}}
                }
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        proxy_pass http://site;
                        proxy_set_header Host $http_host;
                        proxy_set_header X-Real-IP $remote_addr;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        proxy_set_header X-Forwarded-Proto $scheme;
                    }
                }
            }

            """;
        var file = Path.Combine(Directory.CreateDirectory(folder).FullName, "nginx.conf");
        File.WriteAllText(file, text);
        return file;
    }
}
