// The site that the gateway benchmark puts behind each proxy: what an ordinary one has, and two answers for the benchmark itself.
using Gateway.Site.Models;

var builder = WebApplication.CreateBuilder(args);
var plain = builder.Configuration.GetValue<bool>("Plain"); // to see what service defaults cost
if (!plain)
{
    builder.AddServiceDefaults();
}

builder.Services.AddControllersWithViews();
builder.Services.AddSingleton<ConnectionCounter>();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(
    endpoint => endpoint.Use(endpoint.ApplicationServices.GetRequiredService<ConnectionCounter>().Count)));

var app = builder.Build();

app.UseExceptionHandler("/error");
app.UseRouting();
app.MapStaticAssets();
app.MapControllerRoute("default", "{controller=Home}/{action=Index}/{id?}");
if (!plain)
{
    app.MapDefaultEndpoints();
}

app.Run();
