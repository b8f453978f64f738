using Microsoft.AspNetCore.Mvc;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>Routes of the kinds that MVC has.</summary>
public class SampleController : Controller
{
    public IActionResult Index() => Content("index");

    public IActionResult Show(int id) => Content($"shown {id}");

    public IActionResult Fail() => throw new InvalidOperationException($"{nameof(Fail)} is broken on purpose by {GetType().Name}");

    public IActionResult Absent() => NotFound();

    [HttpGet("/by-attribute/{number:int}")]
    public IActionResult ByAttribute(int number) => Content($"{number}");
}
