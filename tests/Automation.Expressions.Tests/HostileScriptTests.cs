using System.Diagnostics;
using Newtonsoft.Json.Linq;

namespace Automation.Expressions.Tests;

[Collection(ScriptCollection.Name)]
public sealed class HostileScriptTests(ScriptPoolFixture scripts)
{
    public static TheoryData<string> Sources() =>
    [
        // endless
        "while (true) {}", "for (;;) ;", "do {} while (1)", "for (;;) { try { throw 1 } catch (e) {} finally { continue } }", "while (true) { try { while (true) {} } finally { continue } }",
        "const f = () => { try { f() } finally { f() } }; f()", "function* g() { while (true) yield 1 } for (const x of g()) ;", "let i = 0; while (i >= 0) i++", "l: while (true) { continue l }",
        "Promise.resolve().then(function f() { return Promise.resolve().then(f) }); while (true) {}", "function f() { Promise.resolve().then(f) } f()", "(async () => { while (true) await 1 })()",
        "const o = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) }; for (const x of o) ;", "[...{ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }]",
        "Array.from({ length: 1e9 })", "Array.from({ length: 1e9 }, x => 1)", "[].concat(...Array(10000).fill(Array(10000).fill(1)))", "'a'.split('').map(function f() { return [1].map(f) })",
        "Array.prototype.fill.call({ length: 1e15 }, 1)", "Array.prototype.join.call({ length: 4294967295 }, 'x')", "Array.prototype.reverse.call({ length: 2 ** 53 - 1 })", "Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)",
        "new Set({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: Math.random() }) }) })", "Object.fromEntries({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: ['a', 1] }) }) })",
        // memory
        "const a = []; while (true) a.push('x'.repeat(1000))", "let s = 'x'; while (true) s += s", "let s = 'x'; for (let i = 0; i < 40; i++) s += s; s", "'x'.repeat(1e9)", "'x'.repeat(2 ** 28) + 'x'.repeat(2 ** 28)", "new Array(1e9)", "Array(1e6).fill(0)",
        "'x'.padStart(1e9)", "'x'.padEnd(2 ** 29, 'abc')", "new ArrayBuffer(2 ** 31)", "new Float64Array(1e9)", "new Uint8Array(2 ** 30)", "const m = new Map(); let i = 0; while (true) m.set(i++, 'x'.repeat(10000))",
        "let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; JSON.stringify(a)", "JSON.stringify({ toJSON() { return { a: this, toJSON: this.toJSON } } })", "JSON.parse('['.repeat(100000))", "JSON.parse('[' + '1,'.repeat(1e6) + '1]')", "'x'.repeat(1e6).split('')",
        "'x'.repeat(1e6).replace(/x/g, 'y'.repeat(1e4))", "'a'.repeat(1e5).replaceAll('a', 'b'.repeat(1e5))", "let o = {}; for (;;) o = { o, p: 'x'.repeat(1e5) }", "String.raw({ raw: { length: 1e9 } })", "Array(9999).fill('x'.repeat(1e5)).join('')", "Symbol('x'.repeat(1e8)).toString()",
        // recursion
        "function f() { return f() } f()", "(function f(n) { return 1 + f(n + 1) })(0)", "const o = { get a() { return this.a } }; o.a", "const o = { toString() { return '' + this } }; '' + o", "const p = new Proxy({}, { get(t, k, r) { return r[k] } }); p.x",

        "[1].map(function f() { return [1].map(f) })", "class A { constructor() { new A() } } new A()", "JSON.stringify({}, function f(k, v) { return JSON.stringify({ a: 1 }, f) })", "'a'.replace(/a/, function f() { return 'a'.replace(/a/, f) })", "[2, 1].sort(function f() { return [2, 1].sort(f)[0] })",
        "Reflect.construct(function f() { Reflect.construct(f, []) }, [])", "structuredClone({})",
        // regular expressions
        "/^(a+)+$/.test('a'.repeat(40) + '!')", "/(x+x+)+y/.test('x'.repeat(100))", "/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60))", "new RegExp('(.*a){25}').test('a'.repeat(100) + 'b')", "'a'.repeat(5000).match(/(a?){5000}a{5000}/)", "while (true) /(a|aa)+$/.test('a'.repeat(60) + 'b')",
        // forbidden
        "eval('1')", "(0, globalThis.eval)('1')", "Function('return 1')()", "new Function('return 1')", "(() => {}).constructor('return 1')()", "Object.getPrototypeOf(async () => {}).constructor('return 1')()", "Object.getPrototypeOf(function* () {}).constructor('return 1')", "import('fs')", "import x from 'y'",
        "1n", "2n ** 100000000n", "BigInt(1)", "new BigInt64Array(1)[0]", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", "new ShadowRealm()", "Temporal.Now.instant().epochNanoseconds", "System.IO.File.ReadAllText('/etc/passwd')", "importNamespace('System')", "require('fs')", "process.exit()", "host.Exit()",
        "setVariable.constructor('return 1')()", "getInput.GetType()", "Object.getOwnPropertyDescriptor(globalThis, 'Function').value('return 1')()", "with ({}) {}", "arguments.callee", "undeclared = 1", "delete Object.prototype",
        // results
        "const o = {}; o.o = o; o", "const a = []; a.push(a); a", "let o = {}; for (let i = 0; i < 20; i++) o = { o }; o", "'x'.repeat(70000)", "Array(10000).fill('xxxxxxxxxx')", "NaN", "1 / 0", "1e300", "Symbol('x')", "() => 1", "class A {} A", "new Proxy({}, {})", "new Proxy([], { get() { while (true) {} } })", "({ p: new Proxy(() => 1, {}) })",
        "({ get a() { while (true) {} } })", "const a = [1]; Object.defineProperty(a, 0, { get() { while (true) {} } }); a", "Promise.resolve(1)", "(async () => 1)()", "({ a: { b: NaN } })", "Object.defineProperty(variables, 'z', { get() { while (true) {} }, enumerable: true }); getVariable('q')", "setVariable('a', () => 1); 1", "setVariable({}, 1)", "setVariable('a', 'x'.repeat(70000))", "throw new Proxy({}, { get() { while (true) {} } })", "throw { toString() { while (true) {} } }", "throw { get message() { for (;;) ; } }", "throw null",
        "let s = 'a'; for (let i = 0; i < 60; i++) s = s + s; throw new Error(s)", "({ ['x'.repeat(70000)]: 1 })",
        // size and syntax
        "1;" + new string(' ', 20_000) + "1", new string('[', 8_000) + new string(']', 8_000), new string('-', 1) + string.Concat(Enumerable.Repeat("- ", 8_000)) + "1", "!" + new string('!', 16_000) + "1 + ({}).x.y", string.Concat(Enumerable.Repeat("a=>", 5_000)) + "1", string.Concat(Enumerable.Repeat("1+", 8_000)) + "x", string.Concat(Enumerable.Repeat("{", 8_000)), string.Concat(Enumerable.Repeat("`${", 5_000)), "if (", "\0", "\ud800x", "'", "/(/", "return return",
    ];

    // Many times the kill time of a worker: what is not ended never ends, and a busy machine takes its time.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Theory]
    [MemberData(nameof(Sources), DisableDiscoveryEnumeration = true)]
    public async Task Script_Hostile_EndsWithCodeAndTheNextCallWorks(string source)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await scripts.RunAsync(source, """{ "variables": { "a": 1 }, "deal": { "price": 1 } }""");
        var elapsed = Stopwatch.GetElapsedTime(started);
        TestContext.Current.TestOutputHelper?.WriteLine($"{elapsed.TotalMilliseconds:F0} ms {result.Error?.Code}: {result.Error?.Message}");
        Assert.True(result.Error is not null, $"It ended well with {result.Value.Json()[..Math.Min(100, result.Value.Json().Length)]}");
        Assert.StartsWith("script_", result.Error.Code, StringComparison.Ordinal);
        Assert.NotEqual("script_unavailable", result.Error.Code);
        Assert.InRange(elapsed, TimeSpan.Zero, Bound);
        Assert.Equal("3", (await scripts.RunAsync("1 + 2")).Value.Json());
    }

    // Whether the stack suffices depends on how far the runtime has optimised the worker; either end is right.
    [Theory]
    [InlineData("Array.prototype.indexOf.call({ length: 1e15 }, 1)")]
    [InlineData("let p = {}; for (let i = 0; i < 20000; i++) p = new Proxy(p, {}); p.x")]
    [InlineData("let o = {}; for (let i = 0; i < 30000; i++) o = Object.create(o); o.x")]
    [InlineData("let f = () => 1; for (let i = 0; i < 20000; i++) f = f.bind(null); f()")]
    [InlineData("let a = []; for (let i = 0; i < 20000; i++) a = [a]; a.flat(Infinity)")]
    [InlineData("let a = []; for (let i = 0; i < 20000; i++) a = [a]; '' + a")]
    [InlineData("let a = []; for (let i = 0; i < 20000; i++) a = [a]; JSON.stringify(a)")]
    [InlineData("new RegExp('('.repeat(5000) + ')'.repeat(5000)); 1")]
    public async Task Script_Strange_EndsInTimeEitherWay(string source)
    {
        var started = Stopwatch.GetTimestamp();
        await scripts.RunAsync(source);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Bound);
        Assert.Equal("3", (await scripts.RunAsync("1 + 2")).Value.Json());
    }

    [Fact]
    public void Sources_Count_IsAtLeastOneHundredAndTwenty() => Assert.True(Sources().Count >= 120);

    [Fact]
    public async Task Prototypes_Polluted_DoNotLeak()
    {
        for (var i = 0; i < 4; i++) await scripts.RunAsync("Object.prototype.leak = 1; Array.prototype.map = () => 'bad'; JSON.stringify = () => 'bad'; Math.max = 5; globalThis.left = 7; String.prototype.trim = null; 1");
        for (var i = 0; i < 4; i++)
            Assert.Equal("""["undefined",[2],"{}","undefined",2]""", (await scripts.RunAsync("[typeof ({}).leak, [1].map(x => x + 1), JSON.stringify({}), typeof left, Math.max(1, 2)]")).Value.Json());
    }

    [Fact]
    public async Task Environment_OfTheWorker_IsOutOfReach()
    {
        var names = await scripts.RunAsync("Object.getOwnPropertyNames(globalThis).sort().join()", "{}");
        Assert.DoesNotContain(((string)names.Value!).Split(','), name => name is "System" or "clr" or "importNamespace" or "eval" or "BigInt" or "Atomics" or "process" or "require");
    }

    [Fact]
    public async Task Data_LookingLikeSource_StaysData()
    {
        var text = "'; while (true) {} //${1}`</script>";
        var result = await scripts.Pool.RunAsync(new Automation.Engine.Expressions.ScriptRequest("deal.name", new JObject { ["deal"] = new JObject { ["name"] = text } }), TestContext.Current.CancellationToken);
        Assert.Equal(text, (string?)result.Value);
    }
}
