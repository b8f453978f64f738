using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using WebSite.Data;
using WebSite.Leading;
using WebSite.Live;
using WebSite.Models;

namespace WebSite.Starting;

/// <summary>Puts the board together: its services, and the way of a request.</summary>
internal static class BoardSetup
{
    private const string ContentSecurityPolicy = "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void AddBoard(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddControllersWithViews(mvc => mvc.Filters.Add(new AutoValidateAntiforgeryTokenAttribute()));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "board";
            cookie.LoginPath = "/sign-in";
            cookie.ReturnUrlParameter = "returnUrl";
        });
        services.Configure<WhoAmIOptions>(builder.Configuration.GetSection(WhoAmIOptions.Section));
        services.AddOptions<BoardOptions>().Bind(builder.Configuration.GetSection(BoardOptions.Section))
            .Validate(o => o.KeepFor > TimeSpan.Zero && o.CleanUpEvery > TimeSpan.Zero && o.LongPoll > TimeSpan.Zero, "Board:KeepFor, Board:CleanUpEvery and Board:LongPoll take a time above zero, as in 30.00:00:00 (30 days).")
            .Validate(o => o.LeaseFor >= TimeSpan.FromSeconds(1), "Board:LeaseFor takes a second or more, as in 00:00:06.")
            .ValidateOnStart();
        builder.AddBoardDatabase();

        services.AddSingleton<BoardHead>();
        services.AddSingleton<LiveMessages>();
        services.AddSingleton<PostgresNotifications>();
        services.AddHostedService<BoardWatch>();

        services.AddSingleton<LeaseStore>();
        services.AddSingleton<CleanUp>();
        services.AddSingleton<Leadership>();
        services.AddHostedService(provider => provider.GetRequiredService<Leadership>());
    }

    public static void MapBoard(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler("/error");
        }

        app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
        app.UseStatusCodePagesWithReExecute("/error/{0}");
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();

        app.MapStaticAssets();
        app.MapControllerRoute("default", "{controller=Board}/{action=Index}/{id?}");
    }
}
