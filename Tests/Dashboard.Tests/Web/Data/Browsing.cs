using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Stack.Dashboard.Tests.Web.Data;

/// <summary>What a person does on the page of settings and data.</summary>
internal static class Browsing
{
    public static async Task<string> TokenAsync(this TestDashboard dashboard, string page = "/settings") =>
        (await dashboard.OpenAsync(page)).QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;

    public static async Task<HttpResponseMessage> PostAsync(this TestDashboard dashboard, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
            [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", await dashboard.TokenAsync())]);
        return await dashboard.Browser.PostAsync(path, form);
    }

    public static async Task<HttpResponseMessage> ImportAsync(this TestDashboard dashboard, byte[] zip, string? token = null)
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent(token ?? await dashboard.TokenAsync()), "__RequestVerificationToken");
        var file = new ByteArrayContent(zip);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        form.Add(file, "zip", "telemetry.zip");
        return await dashboard.Browser.PostAsync("/settings/import", form);
    }

    public static async Task<Dictionary<string, string>> UnzipAsync(this TestDashboard dashboard, string address)
    {
        using var answer = await dashboard.Browser.GetAsync(address);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        await using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        var files = new Dictionary<string, string>();
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync());
            files[entry.FullName] = await reader.ReadToEndAsync();
        }

        return files;
    }

    public static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return packed.ToArray();
    }
}
