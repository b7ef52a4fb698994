"""Expressions and statements of `templates.py`, one a line or between lines of dashes, each with what it is about."""

EXPRESSIONS = r"""
true
True
none
None
[true, false, none]
1
1.0
-1
1e3
1e16
1e15
123456789012345678
1e-5
0.0001
0.1 + 0.2
1_000
0x1F
0b101
0o17
1.5e300 * 1e10
1e308 * 10
-0.0
3 / 2
4 / 2
7 // 2
-7 // 2
7 // -2
-7 % 3
7 % -3
-7.5 % 2
7.5 // 2
-7.5 // 2
5.0 % 3
2 ** 10
2 ** 100
2 ** 3 ** 2
-2 ** 2
(-2) ** 2
2 ** -1
1 / 0
1 // 0
1 % 0
1.0 / 0
true + true
true + 1.5
"a" + "b"
"a" + 1
1 + "a"
"a" ~ 1 ~ none ~ true ~ 1.0 ~ [1, "x"]
"ab" * 3
3 * "ab"
"ab" * -1
[1] * 3
[1] + [2, 3]
(1, 2) + (3,)
[1] + (2,)
none + 1
1 < 2 < 3
1 < 3 < 2
3 > 2 > 1
1 == 1.0
1 == true
"1" == 1
"a" < "b"
"a" < 1
[1, 2] < [1, 3]
(1, "a") < (1, "b")
[] == []
{"a": 1} == {"a": 1.0}
none == none
missing == missing
missing == none
"z" < "é"
"\uffff" < "😀"
1 in [1, 2]
1.0 in [1, 2]
"a" in "abc"
"" in "abc"
1 in "abc"
"a" in {"a": 1}
[1] in {"a": 1}
"a" not in "abc"
not "a" in "abc"
"a" in none
missing in "abc"
"a" in missing
1 in missing
not true
not missing
true and false
"" or "x"
0 or none
1 and 2
1 and 0 or 3
not false and true
true or 1/0
"a" if true else "b"
"a" if false else "b"
"a" if false
("a" if false) is defined
1 if true else 2 if true else 3
"x" ~ ("a" if false) ~ "y"
missing
missing.a
missing["a"]
missing.a.b
missing()
missing + 1
missing ~ "a"
-missing
missing | length
missing | default("d")
missing.a | default("d")
person.nothing | default("d")
person.nothing.more | default("d")
none | default("d")
none | default("d", true)
"" | default("d", boolean=true)
0 | d("x", true)
missing is defined
missing is undefined
missing is none
person.name is defined
person.items is defined
person["items"] is defined
person.nothing is defined
person.append is defined
numbers.append is defined
numbers.append(1)
person.update({"a": 1})
person.__class__
person.__class__ is defined
person.__class__.__name__
"".__class__.__mro__
text._private is defined
text
text | trim
text | trim | length
text.strip()
text.strip(" !H")
text.lstrip()
text.rstrip()
"xxaxx".strip("x")
"xxaxx".lstrip("x")
"xxaxx".rstrip("x")
"abcba".strip("ab")
"a\nb\n".strip("\n")
"\n\n a \n" | trim("\n")
"\u00a0\u2003a\u3000\x1f\x85".strip() ~ "|"
"\ufeffa\ufeff".strip() | length
"\u200ba".strip() | length
"a b  c".split()
" a  b ".split(" ")
"a,b,c".split(",", 1)
"a,b,c".split(",", maxsplit=1)
"a,b,c".rsplit(",", 1)
"  a b  c ".split(None, 1)
"  a b  c ".rsplit(None, 1)
"aaa".rsplit("aa")
"aaa".split("aa")
"a".split("")
"".split()
"".split(",")
"a\u2028b\x1cc".split()
"a\nb\r\nc\rd\x0be\x85f".splitlines()
"a\nb\n".splitlines(true)
"".splitlines()
"a-b-c".replace("-", "+")
"a-b-c".replace("-", "+", 1)
"abc".replace("", "-")
"abc".replace("", "-", 2)
"a-b-c" | replace("-", "+")
"a-b-c" | replace("-", "+", 1)
"a1b1" | replace(1, 2)
12121 | replace(1, "x")
"hello world".title()
"hello wORLD it's o'neil x-ray" | title
"it's o'neil x-ray 3rd".title()
"ǆ".title()
"ß".upper()
"ßa".capitalize()
"straße".title()
"ﬁx".title()
"ΑΣ ΣΑΣ".lower()
"ΑΣ".capitalize()
"ΑΣ ΟΔΟΣ.".title()
"İ".lower() | length
"hELLO".capitalize()
"hELLO" | capitalize
"hELLO".swapcase()
"ß".swapcase()
"abc".upper()
"ABC" | lower
none | upper
true | lower
[1, "A"] | lower
"abc".casefold()
"abc".center(10) ~ "|"
"abc".center(9, "*")
"abcd".center(9, "*")
"abc".center(8, "*")
"abcd".center(7, "*")
"abc" | center(10) ~ "|"
"abc".ljust(6, ".")
"abc".rjust(6)
"42".zfill(5)
"-42".zfill(5)
"a\tb".expandtabs(4)
"a\tbc\td".expandtabs()
"abc".find("c")
"abc".find("z")
"😀abc".find("c")
"abcabc".rfind("b")
"abcabc".index("z")
"abcabc".count("b")
"aaaa".count("aa")
"abc".count("")
"abcabc".find("a", 1)
"abcabc".find("a", 1, 3)
"abcabc".count("b", -3)
"abc".startswith("a")
"abc".startswith(("x", "a"))
"abc".startswith(["x", "a"])
"abc".startswith("b", 1)
"abc".endswith(("c", "d"))
"abc".endswith("b", 0, 2)
"abc".startswith("", 4)
"abc".startswith("", 3)
"a=b=c".partition("=")
"a=b=c".rpartition("=")
"abc".partition("=")
"abc".rpartition("=")
"prefix-x".removeprefix("prefix-")
"x.py".removesuffix(".py")
"x.py".removesuffix("")
"-".join(["a", "b"])
"-".join("abc")
"-".join([1, 2])
"-".join({"a": 1, "b": 2})
", ".join(numbers)
"abc".isalpha()
"abc1".isalnum()
"12".isdigit()
"1²".isdigit()
"".isdigit()
"٣".isdecimal()
"½".isnumeric()
"abc".islower()
"Abc".islower()
"ABC 1".isupper()
"123".isupper()
" \t\n".isspace()
"".isspace()
"Hello World".istitle()
"Hello world".istitle()
"é".isascii()
"{} and {}".format("a", 1)
"{1} {0}".format("a", "b")
"{a} {b}".format(a=1, b=none)
"{:>6}|{:<6}|{:^6}".format("a", "b", "c")
"{:05d}".format(42)
"{:.2f}".format(3.14159)
"{:,}".format(1234567)
"{:+d} {:x} {:X} {:o} {:b}".format(5, 255, 255, 8, 5)
"{:e} {:g} {:.3g} {:%}".format(12345.678, 0.0001, 1234.5, 0.25)
"{!r}".format("a")
"{{}} {}".format(1)
"{} {}".format(1)
"{0} {}".format(1, 2)
"{:*^9}".format("mid")
"{:d}".format("a")
"%s and %s" % ("a", 1)
"%s" % "a"
"%s" % none
"%d%%" % 50
"%5d|%-5d|%05d" % (42, 42, 42)
"%.2f %5.1f %e %g" % (3.14159, 2.55, 12345.678, 1e-5)
"%x %X %o" % (255, 255, 8)
"%(a)s %(b)d" % {"a": "x", "b": 2}
"%s" % (1, 2)
"%s %s" % (1,)
"%r" % "a"
"%c%c" % ("a", 98)
"%d" % "a"
"%d" % 3.9
"%i" % true
"%z" % 1
"%s, %s" | format("a", 1)
"%(x)s" | format(x=5)
"abc"[0]
"abc"[-1]
"abc"[5]
"abc"[1:]
"abc"[:-1]
"abc"[::-1]
"abcdef"[1:5:2]
"abcdef"[5:1:-2]
"abcdef"[-3:]
"abc"[10:]
"abc"[::0]
"a😀b"[1]
"a😀b" | length
"a😀b"[::-1]
"abc"["x"]
"abc".x
numbers
numbers[0]
numbers[-1]
numbers[10]
numbers[1:3]
numbers[::-1]
numbers[::-2]
numbers[-2:]
numbers["0"]
numbers.0
numbers[1.0]
numbers[true]
numbers[:1] + numbers[-1:]
(1, 2, 3)[1]
(1, 2, 3)[:2]
(1,)
()
(1)
{}
{"a": 1, "b": [true, none], 'c': {"d": "it's"}}
{1: "a", 1.0: "b", true: "c"}
{"a": 1}.a
{"a": 1}["a"]
{"a": 1}["b"]
{"a": 1}[["a"]]
{"items": 1}.items
{"items": 1}["items"]
{none: 1}
{(1, 2): 3}
{[1]: 2}
person
person.name
person["name"]
person.get("name")
person.get("nothing")
person.get("nothing", "d")
person.keys()
person.values()
person.items()
person.keys() | list
person.items() | list
person | length
person | list
person | string
["it's", 'say "x"', "both ' and \"", "tab\t", "é", "\x00", "\u200b", "😀", "\\"]
"\x41\u0042\103\q\/"
"\é"
'\'' ~ "\""
"a" "b" 'c'
range(3)
range(3) | list
range(1, 10, 3) | list
range(5, 0, -2) | list
range(0)
range(3)[1]
range(10)[2:8:3]
range(10)[::-1] | list
range(3) | length
2 in range(3)
2.0 in range(3)
range(1000000)
range(1, 2, 0)
numbers | first
numbers | last
[] | first
[] | last
"abc" | first
"abc" | last
person | first
person | last
range(5) | last
missing | first
missing | last
numbers | sum
numbers | sum(start=10)
people | sum(attribute="age")
[[1], [2]] | sum(start=[])
["a"] | sum
[0.5, 0.25, 1] | sum
numbers | max
numbers | min
["b", "A", "c"] | max
["b", "A", "c"] | min
["b", "A", "c"] | min(case_sensitive=true)
people | max(attribute="age")
[] | max
[1, "a"] | max
["b", "A", "c", "a"] | sort
["b", "A", "c", "a"] | sort(case_sensitive=true)
["b", "A", "c", "a"] | sort(reverse=true)
people | sort(attribute="age")
people | sort(attribute="name.first")
people | sort(attribute="age,name.first", reverse=true)
[3, 1.5, true] | sort
[3, "a"] | sort
[none, 1] | sort
["é", "z", "😀", "\uffff"] | sort
{"b": 1, "A": 3, "c": 2} | dictsort
{"b": 1, "A": 3, "c": 2} | dictsort(true)
{"b": 1, "A": 3, "c": 2} | dictsort(by="value")
{"b": 1, "A": 3, "c": 2} | dictsort(false, "value", true)
{"b": 1} | dictsort(by="x")
numbers | dictsort
["a", "B", "b", "A"] | unique | list
["a", "B", "b", "A"] | unique(true) | list
[1, 1.0, true, "1"] | unique | list
people | unique(attribute="age") | map(attribute="name.first") | list
numbers | reverse
numbers | reverse | list
"abc" | reverse
person | reverse | list
none | reverse
[1, 2, 3, 4, 5] | batch(2) | list
[1, 2, 3, 4, 5] | batch(2, 0) | list
[1, 2, 3, 4, 5] | slice(2) | list
[1, 2, 3, 4, 5] | slice(3, "x") | list
[1, 2] | slice(0) | list
people | groupby("age")
people | groupby("age") | map("first") | list
people | groupby("nothing", default="d") | length
numbers | join
numbers | join(", ")
people | join("-", attribute="age")
["a", none, true, 1.0] | join("|")
"abc" | join(".")
missing | join(",")
none | join(",")
5 | join(",")
numbers | map("string") | list
numbers | map("string") | join("")
["a", "b"] | map("upper") | list
people | map(attribute="age") | list
people | map(attribute="nothing") | list
people | map(attribute="nothing", default="d") | list
people | map(attribute="name.first") | join(", ")
[[1, 2], [3, 4]] | map("first") | list
[[1, 2], [3, 4]] | map(attribute=1) | list
[[1, 2], [3, 4]] | map(attribute="1") | list
["a-b"] | map("replace", "-", "+") | list
["1", "x"] | map("int", default=7) | list
none | map("upper") | list
numbers | map("nothing") | list
numbers | map
numbers | select("odd") | list
numbers | select("gt", 2) | list
numbers | select(">", 2) | list
[0, 1, "", "a", none] | select | list
[0, 1, "", "a", none] | reject | list
numbers | reject("even") | list
numbers | reject("in", [1, 2]) | list
people | selectattr("age", "gt", 30) | map(attribute="age") | list
people | selectattr("age", "equalto", 30) | list | length
people | selectattr("nothing") | list
people | selectattr("nothing", "defined") | list
people | rejectattr("age", "==", 30) | map(attribute="age") | list
people | selectattr("name.first", "in", ["Ann"]) | list | length
numbers | select("nothing") | list
numbers | select("defined")
numbers | length
numbers | count
5 | length
none | length
true | length
"3" | int
"3.7" | int
"x" | int
"x" | int(default=-1)
" 42 " | int
"1_000" | int
"0x1F" | int(base=16)
"1F" | int(0, 16)
"101" | int(base=2)
3.9 | int
-3.9 | int
none | int
none | int("d")
true | int
"1e3" | int
missing | int
"3.5" | float
"x" | float
"x" | float(default=1)
"nan" | float
"inf" | float
"1e400" | float
3 | float
true | float
none | float
2.5 | round
3.5 | round
2.675 | round(2)
2.5 | round(0, "ceil")
2.51 | round(1, "floor")
-2.5 | round
1234.5 | round(-2)
3 | round
1234 | round(-2)
1250 | round(-2)
2.7 | round | int
2.5 | round(method="x")
"a" | round
1e22 | round(2)
-5 | abs
-5.5 | abs
true | abs
"a" | abs
5 | string
5.0 | string
none | string
[1] | string
"a b c" | wordcount
"it's a-b c_d é1" | wordcount
"hello world, this is long" | truncate(12)
"hello world, this is long" | truncate(12, true)
"hello world, this is long" | truncate(12, false, "…", 0)
"hello" | truncate(4)
"a\nb\n\nc" | indent
"a\nb\n\nc" | indent(2, true)
"a\nb\n\nc" | indent(width=2, first=true, blank=true)
"a\nb" | indent("> ")
"a\r\nb" | indent(1)
"" | indent(first=true)
5 | indent
person | tojson
person | tojson(indent=2)
person | tojson(indent=0)
person | tojson(indent="--")
person | tojson(separators=(",", ":"))
person | tojson(separators=[", ", " : "], indent=1)
person | tojson(sort_keys=true)
{"b": 1, "a": {"d": [], "c": {}}} | tojson(sort_keys=true, indent=4)
"é\n\"\\/<>&'\u2028\x7f\x01😀" | tojson
"é😀\x7f" | tojson(ensure_ascii=true)
[1, 1.0, 1e16, 1e-7, true, none, (1, 2)] | tojson
{1: "a", 1.5: "b", true: "c", none: "d"} | tojson
{(1, 2): 3} | tojson
missing | tojson
[missing] | tojson
["nan" | float, "inf" | float, "-inf" | float] | tojson
range(3) | tojson
person.items() | tojson
numbers | map("string") | tojson
"a" | tojson(2)
"<b>" | safe
"<b>" | escape
"<b>'\"&" | e
("<b>" | escape) ~ "<i>"
("<b>" | safe) is string
("<b>" | safe) is escaped
("<b>" | safe) == "<b>"
"<b>" | safe | string
"<b>" | tojson | safe
"b" in ("abc" | safe)
("<b>" | safe) + "<i>" + 1
"<i>" + ("<b>" | safe) + "<u>"
("<b>" | safe) + ("<b>" | e)
person.middle
person["middle"]
person.get("middle", "d")
person.middle is none
person.middle | default("d")
[none] | first
[none, 1] | map(attribute="x") | list
[{"a": none}] | map(attribute="a") | list
[{"a": none}] | map(attribute="a", default=2) | list
person | items | list
missing | items | list
none | items | list
[1] | items | list
person | attr("name")
person | attr("items") is defined
text | attr("upper") is callable
numbers | attr("0")
"abc" is string
1 is string
none is none
none is not none
1 is number
true is number
1.0 is number
"1" is number
true is boolean
1 is boolean
1 is integer
true is integer
1.0 is integer
1.0 is float
1 is float
true is true
1 is true
false is false
0 is false
{} is mapping
[] is mapping
missing is mapping
[] is iterable
"abc" is iterable
5 is iterable
none is iterable
missing is iterable
{} is iterable
range(3) is iterable
(numbers | map("string")) is iterable
[] is sequence
"abc" is sequence
{} is sequence
range(3) is sequence
() is sequence
5 is sequence
none is sequence
missing is sequence
person.items() is sequence
(numbers | map("string")) is sequence
range is callable
text.upper is callable
text is callable
missing is callable
3 is odd
3 is even
3.0 is odd
-1 is odd
"a" is odd
10 is divisibleby 5
10 is divisibleby(3)
10 is not divisibleby 5
3 is in [1, 3]
"a" is in "abc"
3 is not in [1, 3]
3 is eq 3
3 is equalto 4
3 is ne 4
3 is gt 2
3 is greaterthan 2
3 is lt 2
3 is le 3
3 is ge 3
3 is sameas 3
none is sameas none
true is sameas true
1 is sameas true
numbers is sameas numbers
[] is sameas []
"abc" is lower
"ABC" is upper
"a1" is lower
"1" is lower
"upper" is filter
"x" is filter
"odd" is test
"x" is test
3 is nothing
3 | nothing
3 is defined is defined
not 3 is odd
1 + 2 is odd
(1 + 2) is odd
-3 | abs
-"3" | int
2 + 3 | string ~ "x"
"a" ~ 1 + 2
1 + 2 ~ "a"
1 ~ 2 == "12"
"a" ~ "b" | upper
not missing | default(true)
1 if 2 > 1 and not 3 > 4 else 0
[1, 2, 3,]
{"a": 1,}
person.name.first
person["name"]["first"][0]
people[0].name["first"].upper()[::-1]
("a", "b") | join
namespace(a=1).a
namespace({"a": 1}).a
namespace(a=1).b
namespace(a=1)
namespace(_a=1)
dict(a=1, b=2)
dict([("a", 1)])
dict({"a": 1}, b=2)
dict([1])
cycler("a", "b").next()
joiner("-")()
raise_exception("stop")
raise_exception("stop " ~ 1)
raise_exception()
strftime_now("%Y-%m-%d")
strftime_now("%d %b %Y")
strftime_now("%A, %B %d, %Y %H:%M:%S %p %I %j %U %W %u %w %y %% %a %e")
strftime_now("%c | %x | %X | %D | %F | %T | %R | %r")
strftime_now("%-d/%-m/%Y %f %G-W%V %C %h%n%t|")
strftime_now("%Z%z|%s")
strftime_now("%^a %_d %k %l %P")
range
loop
self
text.nothing()
text.upper
5()
"a".upper("b")
"a".upper(x=1)
"a,b".split(sep=",")
"a".replace("a")
"a".join()
numbers.index(2)
numbers.index(9)
numbers.count(1)
(1, 2, 1).count(1)
person.copy() == person
"a".encode("utf-8")
"a" | pprint
"abc" | random
"a b" | urlencode
1.0.is_integer()
person.fromkeys
lipsum()
"a"|upper|lower|title
"%s" | format
1 if
[1, 2
"abc
{{ 1 }}
1 +
a b
1 = 2
.5
5.
1..real
"a".0
person."name"
lambda x: x
1 is
x for x in numbers
a.b.c
numbers[1,2]
numbers[0:1, 2]
@
$x
`a`
a!b
a?b
"\xZZ"
"\u12"
"\N{DASH}"
"\ud800"
é
名前
名前 is defined
x１
1 <> 2
1 && 2
not
and
true false
none.x
none[0]
true.x
1 .real
(1).bit_length()
1.5.x
text[none]
text[missing]
numbers[missing]
numbers[missing:]
numbers["a":]
person[1:2]
none[1:2]
[1, 2][none:1]
missing[1:2]
missing == ""
missing != 1
missing < 1
[missing, 1]
{"a": missing}
[missing] | join
missing | upper
missing | string
missing | trim
missing | list
missing | tojson | length
missing | reverse | list
missing | sort
missing | map("upper") | list
missing | select | list
missing | dictsort
missing | replace("a", "b")
missing | indent
missing | round
missing | abs
missing | float
missing | items | list
missing | batch(2) | list
missing | sum
missing | max
missing is string
missing is sequence
missing is callable
missing is odd
missing is in [1]
missing is eq missing
missing * 2
2 * missing
missing % 2
"%s" % missing
"%s|%s" % (missing, none)
"{}".format(missing)
missing ~ missing
missing and 1
missing or 1
missing if true
range(missing)
range("3")
range(1.0)
range(true)
range()
text * missing
"a" "b" * 2
people | map(attribute="name") | map(attribute="first") | map("upper") | join(",")
people | selectattr("age") | rejectattr("age", "lt", 31) | map(attribute="age") | sum
(people | first).name.first ~ (people | last).age
people | map("attr", "age") | list
[3, 1, 2] | sort | first
[[3, "b"], [1, "a"]] | sort
"cab" | sort | join
"a.b" | replace(".", "\n") | tojson
1000000 * 1000000
99999999999999999999
99999999999999999999 + 1
99999999999999999999 / 3
12345678901234567890 % 97
-12345678901234567890 // 7
10 ** 30
10.0 ** 2
0.1 * 3
1 / 3
2 / 3.0
100.0
1e100
123456.789e3
5e-324
1.7976931348623157e308
0.30000000000000004
1e21
1e22
123456789.123456789
-1.5e-10
"a" * 3 ~ "b" * 2
"é" * 3
"\t" | tojson
"" | tojson
"a" < "B"
"a" == "a " | trim
"x" if missing is defined else "y"
"x" if person.name is defined and person.name is mapping else "y"
person.name is mapping and person.name.first is string
person.age is number and person.age > 30
[1, [2, [3, (4, {"a": none})]]]
[1.0, "a", none] | string | length
{"a": [1, 2]}.a | last
"a" in ["a", "b"] and "c" not in ["a"]
"  x".startswith(" ") or false
(text | trim).split(",") | first
("a;b" | replace(";", ",")).split(",")[1]
"line1\nline2".split("\n") | length
text.strip().lower().replace("ö", "o").split(", ")
" ".join(["a"] * 3)
"abc" | list
"abc" | list | string
"x" | default
5 | default("x", false)
"true" == true
true == "True"
true ~ ""
(true | string) == "True"
[true] | join
none ~ ""
1.0 ~ ""
[1.5, 2.0] | join(" ")
"a" ~ [] ~ {}
[] or "empty"
{} or "empty"
0.0 or "zero"
"0" or "x"
[] is defined and not []
"b" > "a" > "A"
1 < 2 == true
1 == 1 == 1
2 > 1 != 0
"a" in "abc" == true
1 in [1] in [[1]]
(1 in [1]) == true
"""

STATEMENTS = r"""
{% for x in numbers %}{{ x }},{% endfor %}
----
{% for x in numbers %}
{{ x }}
{% endfor %}
end
----
{%- for x in numbers -%}
  {{ x }}
{%- endfor -%}
  end
----
a  {%- if true %} b {% endif -%}   c
----
  {% if true %}
  x
  {% endif %}
  y
----
  {%+ if true %}
  x
  {%+ endif +%}
  y
----
{% if true +%}
x
{% endif %}
----
a
  {# comment #}
b {# c #} d
  {#- x -#}
e
----
{#
 multi {{ x }} {% if %}
#}x
----
{# a +#}
b{# a -#}

c
----
{% raw %}{{ x }} {% if %}{% endraw %}
----
  {% raw %}
  {{ x }}
  {% endraw %}
x
----
{%- raw -%}
  {{ x }}
{%- endraw -%}
  x
----
{{ "{{" }} {{ '}}' }} {{ "{%" }}
----
{{ {"a": {"b": 1}} }}{{ {"a": 1}["a"] }}
----
a { b } % # {
----
{{ 1 }}
{{ 2 }}

{{ 3 }}

----
x

----
{% set x = 1 %}{{ x }}
----
{% set x = 1 %}
{% set y = x + 1 %}
{{ x }} {{ y }}
----
{% set a, b = 1, 2 %}{{ a }}{{ b }}
----
{% set a, b = [1, 2, 3] %}{{ a }}
----
{% set (a, b) = "xy" %}{{ a }}{{ b }}
----
{% set x %}a {{ 1 + 1 }} b{% endset %}[{{ x }}]{{ x is string }}
----
{% set x | upper | trim %} abc {% endset %}[{{ x }}]
----
{% set x = 1, 2 %}{{ x }}
----
{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = i + 10 %}{{ x }} {% endfor %}{{ x }}
----
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}
----
{% for i in [1, 2] %}{% if i == 1 %}{% set x = i %}{% endif %}[{{ x }}]{% endfor %}[{{ x }}]
----
{% for i in [1] %}[{{ text }}]{% endfor %}{% set text = "new" %}{{ text }}
----
{% for i in [1] %}[{{ later }}]{% endfor %}{% set later = "new" %}{{ later }}
----
{{ text | trim }}{% set text = "new" %}{{ text }}
----
{% if false %}{% set text = "new" %}{% endif %}{{ text | trim }}
----
{% set text = text ~ "!" %}{{ text | trim }}
----
{% set ns = namespace(x=0) %}{% for i in numbers %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}
----
{% set ns = namespace(found=false, items=[]) %}{% for p in people %}{% if p.age > 30 %}{% set ns.found = true %}{% set ns.items = ns.items + [p.age] %}{% endif %}{% endfor %}{{ ns.found }} {{ ns.items }}
----
{% set ns = {"x": 1} %}{% set ns.x = 2 %}{{ ns.x }}
----
{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}{{ ns }}
----
{% set ns = namespace() %}{% set ns._x = 1 %}
----
{% set ns.x = 1 %}
----
{% for i in numbers %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}
----
{% for i in numbers %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }};{% endfor %}
----
{% for i in [none, none, 2] %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }}{{ loop.changed(i) }};{% endfor %}
----
{% for i in [1, 1, 2] %}{{ loop.changed(i) }} {% endfor %}
----
{% for i in numbers %}{{ loop.cycle("a", "b") }}{% endfor %}
----
{% for i in numbers %}{{ loop }}{% endfor %}
----
{% for i in numbers | map("string") %}{{ loop.length }}{{ loop.last }}{% endfor %}
----
{% for i in numbers | map("string") %}{% if not loop.last %}{{ i }},{% else %}{{ i }}.{% endif %}{% endfor %}
----
{% for i in numbers if i is odd %}{{ i }}{{ loop.index }}{{ loop.last }}{{ loop.length }} {% endfor %}
----
{% for i in numbers if i > 10 %}{{ i }}{% else %}none{% endfor %}
----
{% for i in [] %}{{ i }}{% else %}empty{% endfor %}
----
{% for i in numbers %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}
----
{% for i in numbers %}{% continue %}{% else %}none{% endfor %}
----
{% for i in numbers %}{% break %}{% else %}none{% endfor %}
----
{% for i in numbers %}{{ i }}{% if i == 2 %}{% break %}{% endif %}{% else %}none{% endfor %}
----
{% break %}
----
{% for i in [1] %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}
----
{% for i in [1, 2] %}{% set x %}a{% if i == 1 %}{% continue %}{% endif %}b{% endset %}{{ x }}{% endfor %}
----
{% for i in [1, 2] %}{% filter upper %}a{% if i == 1 %}{% continue %}{% endif %}b{% endfilter %}{% endfor %}
----
{% for k, v in person.items() %}{{ k }}={{ v }};{% endfor %}
----
{% for k in person %}{{ k }};{% endfor %}
----
{% for k, v in person | items %}{{ k }}{% endfor %}
----
{% for k, v in person | dictsort %}{{ k }}{{ loop.index }}{% endfor %}
----
{% for a, b in [[1, 2], [3, 4]] %}{{ a }}-{{ b }} {% endfor %}
----
{% for a, b in [[1, 2, 3]] %}{{ a }}{% endfor %}
----
{% for (a, b), c in [[[1, 2], 3]] %}{{ a }}{{ b }}{{ c }}{% endfor %}
----
{% for c in "añ😀" %}[{{ c }}]{% endfor %}
----
{% for x in missing %}{{ x }}{% else %}e{% endfor %}
----
{% for x in none %}{{ x }}{% endfor %}
----
{% for x in 5 %}{{ x }}{% endfor %}
----
{% for i in range(3) %}{% for j in range(2) %}{{ loop.index }}{{ i }}{{ j }} {% endfor %}{{ loop.index }};{% endfor %}
----
{% for i in range(2) %}{% set outer = loop %}{% for j in range(2) %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}
----
{% for i in range(2) %}{% for j in range(3) if loop.first %}{{ j }}{% endfor %}{% endfor %}
----
{% for item in tree recursive %}[{{ item.name }}{{ loop.depth }}{% if item.children %}{{ loop(item.children) }}{% endif %}]{% endfor %}
----
{% for item in tree recursive %}{{ loop.depth0 }}{{ loop(item.children) if item.children }}{% else %}-{% endfor %}
----
{% for i in [1] %}{{ loop([2]) }}{% endfor %}
----
{% for loop in [1] %}{% endfor %}
----
{% for i in [1] %}{% set loop = 2 %}{% endfor %}
----
{% for i in numbers recursive if true %}{{ i }}{% endfor %}
----
{% if 1 %}a{% elif 1 / 0 %}b{% else %}c{% endif %}
----
{% if 0 %}a{% elif 0.0 %}b{% elif "" %}c{% elif [] %}d{% elif {} %}e{% elif missing %}f{% elif none %}g{% else %}h{% endif %}
----
{% if numbers and person %}y{% endif %}
----
{% if 1, 2 %}y{% endif %}
----
{% if not missing is defined %}y{% endif %}
----
{% if true: %}y{% endif %}
----
{% macro m(a, b="x", c=none) %}{{ a }}{{ b }}{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(1, c=3) }}{{ m(b=5, a=4) }}{{ m() }}
----
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
----
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}
----
{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}
----
{% macro m(a, b) %}{{ a is defined }}{{ b is defined }}{{ b }}{% endmacro %}{{ m(1) }}
----
{% macro m(a, b) %}{{ b + 1 }}{% endmacro %}{{ m(1) }}
----
{% macro m(a=[]) %}{{ a }}{% endmacro %}{{ m() }}{{ m }}{{ m.name }}{{ m.arguments }}
----
{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(5) }}
----
{% macro m() %}{{ later }}{% endmacro %}{{ m() }}|{% set later = 1 %}{{ m() }}
----
{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}
----
{% macro m() %}
  x
{% endmacro %}
[{{ m() }}]
----
{% macro m() %}{{ caller() }}-{{ caller() }}{% endmacro %}{% call m() %}in {{ text | trim }}{% endcall %}
----
{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a }}+{{ b }}{% endcall %}
----
{% macro m() %}{{ caller() if caller is defined else "none" }}{% endmacro %}{{ m() }}{% call m() %}x{% endcall %}
----
{% macro m() %}{{ caller }}{% endmacro %}{{ m() }}
----
{% macro m(caller) %}{{ caller() }}{% endmacro %}
----
{% macro m(x) %}x{% endmacro %}{% call m() %}y{% endcall %}
----
{% call text.upper() %}y{% endcall %}
----
{% macro m(a, a) %}{% endmacro %}
----
{% macro m(a=1, b) %}{% endmacro %}
----
{{ m() }}{% macro m() %}x{% endmacro %}
----
{% if true %}{% macro m() %}x{% endmacro %}{% endif %}{{ m() }}
----
{% for i in [1] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}
----
{% macro m(messages) %}{% for x in messages %}{{ x }}{% endfor %}{% endmacro %}{{ m([1, 2]) }}{{ m("ab") }}
----
{% macro m(*a) %}{% endmacro %}
----
{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{"a": 3, "b": 4}) }}{{ m(*[1], **{"b": 2}) }}
----
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}
----
{{ "a".upper(**{"x": 1}) }}
----
{{ dict(a=1, a=2) }}
----
{% filter upper %}abc {{ text | trim }}{% endfilter %}
----
{% filter replace("a", "b") | upper %}aaa{% endfilter %}
----
{% filter trim %}
  x
{% endfilter %}|
----
{% filter nothing %}x{% endfilter %}
----
{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}
----
{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% set a = 3 %}{{ a }}{% endwith %}{{ a }}
----
{% with %}{% set z = 1 %}{{ z }}{% endwith %}{{ z }}
----
{% print 1, 2 %}{% print "a" ~ 1 %}
----
{% generation %}a{{ text | trim }}{% set z = 1 %}{% endgeneration %}{{ z }}
----
{% for m in messages %}{% if m.role == "assistant" %}{% generation %}{{ m.content }}{% endgeneration %}{% endif %}{% endfor %}x
----
{% do numbers.append(1) %}
----
{% include "x" %}
----
{% extends "x" %}
----
{% block a %}x{% endblock %}
----
{% import "x" as y %}
----
{% autoescape true %}x{% endautoescape %}
----
{% unknown %}
----
{% if %}x{% endif %}
----
{% if true %}x
----
{% endif %}
----
{% for %}x{% endfor %}
----
{% for x in %}x{% endfor %}
----
{% for x numbers %}x{% endfor %}
----
{% set %}
----
{% set x %}
----
{% set 1 = 2 %}
----
{% set true = 2 %}
----
{% set x = %}
----
{% set a.b.c = 1 %}
----
{% set a[0] = 1 %}
----
{{ }}
----
{{ x
----
{% if x
----
{# x
----
{% raw %}x
----
{{ 1 }
----
{{ (1 }}
----
{{ [1) }}
----
}} %} #}
----
{{ 1 -}}   x   {{- 2 }}
----
a
{{- 1 }}
b
{{ 1 -}}
c
----
x{% if true -%}

  y

{%- endif %}z
----
	{% if true %}	tab
	{% endif %}
x
----
{% set x = 5 %}   
{{ x }}   
----
{% if true %}{% if true %}
x
{% endif %}
{% endif %}
y
----
line {% if true %} same {% endif %} line
next
----
{{ text }}{% if x is undefined or x == 1 %}u{% endif %}
----
{% if 3 | nothing %}{% endif %}
----
{% if false %}{{ 3 | nothing }}{% endif %}ok
----
{{ (3 | nothing) if false else "ok" }}
----
{% for i in [] %}{{ 3 | nothing }}{% endfor %}ok
----
{% if false %}{% for i in [] %}{{ 3 | nothing }}{% endfor %}{% endif %}ok
----
{% if false %}{{ 3 is nothing }}{% endif %}ok
----
{% set c = cycler("a", "b", "c") %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}
----
{% set j = joiner() %}{% for i in numbers %}{{ j() }}{{ i }}{% endfor %}
----
{% set g = numbers | map("string") %}{{ g | list }}{{ g | list }}
----
{% set g = numbers | select("odd") %}{{ g | first }}{{ g | first }}{{ g | list }}
----
{% set ns = namespace(stop=false) %}{% for i in numbers if not ns.stop %}{{ i }}{% if i == 2 %}{% set ns.stop = true %}{% endif %}{% endfor %}
----
{% for i in numbers if not stop %}{{ i }}{% set stop = true %}{% endfor %}
----
{% for group, items in people | groupby("age") %}{{ group }}:{{ items | map(attribute="name.first") | join("+") }};{% endfor %}
----
{% for g in people | groupby("age") %}{{ g.grouper }}{{ g.list | length }}{{ g[0] }}{% endfor %}
----
{% for x in [1, 2, 3] | batch(2) %}{{ x }}{% endfor %}
----
{% for x in "abc" | reverse %}{{ x }}{% endfor %}{% for x in numbers | reverse %}{{ x }}{% endfor %}
----
{% for x in [3, 1, 2] | sort %}{{ x }}{{ "," if not loop.last }}{% endfor %}
----
{{ "a
b" }}
----
{{ "a" if true
   else "b" }}
----
{%
if true
%}x{%
endif
%}y
----
{%if true%}x{%endif%}{{1}}{{-1}}{{- 1}}{{+1}}
----
{%-if true-%} x {%-endif-%} y
----
{{ {} }}{{ {"a": {}} }}{{ [{}] }}
----
{% set x = {"a": {"b": [1, 2, {"c": "d"}]}} %}{{ x.a.b[2].c }}{{ x["a"]["b"][0] }}{{ x.a.z }}
----
{% set messages = messages[1:] %}{% for m in messages %}{{ m.role }}{% endfor %}
----
{% if messages[0].role == "system" %}{% set system = messages[0].content %}{% set rest = messages[1:] %}{% else %}{% set system = "d" %}{% set rest = messages %}{% endif %}{{ system }}{{ rest | length }}
----
{% for m in messages %}{% if (m.role == "user") != (loop.index0 % 2 == 0) %}{{ raise_exception("alternate") }}{% endif %}{{ m.content }}{% endfor %}
----
{% for m in messages[::-1] %}{{ m.role[0] }}{% endfor %}{% for m in messages[:-1] %}{{ m.role }}{% endfor %}
----
{% for m in messages | selectattr("role", "equalto", "user") | list %}{{ m.content }}{% endfor %}
----
{%- set ns = namespace(last=-1) -%}{%- for m in messages[::-1] -%}{%- set index = (messages | length - 1) - loop.index0 -%}{%- if ns.last == -1 and m.role == "user" -%}{%- set ns.last = index -%}{%- endif -%}{%- endfor -%}{{ ns.last }}
----
{{ bos_token }}{{ eos_token }}{{ bos_token is defined }}{{ tools is none }}{{ tools is defined }}{{ documents }}{{ add_generation_prompt }}
----
{% set tools = tools or [] %}{{ tools }}
----
{% if tools is not none and tools %}t{% else %}n{% endif %}
----
{% if not tools is defined %}{% set tools = none %}{% endif %}{{ tools }}
----
{{ messages | tojson(indent=2) }}
----
{{ messages[0] }}{{ messages[99] }}{{ messages[-1].nothing }}
----
{% macro item(m) -%}
<{{ m.role }}>{{ m.content | trim }}
{%- endmacro %}
{% for m in messages %}
{{ item(m) }}
{% endfor %}
----
{{ "%s/%s" | format(loop, 1) if loop is defined else "no loop" }}
----
{% set x = namespace(v=[]) %}{% for i in range(3) %}{% set x.v = x.v + [{"i": i}] %}{% endfor %}{{ x.v | map(attribute="i") | list }}{{ x.v | tojson }}
----
{% set a = 1 %}{% macro f() %}{{ a }}{% set a = 2 %}{{ a }}{% endmacro %}{{ f() }}{{ a }}
----
{% for i in [1, 2] %}{% with %}{% set y = i %}{{ y }}{% endwith %}{{ y }}{% endfor %}
----
{% for x in numbers %}{% else %}{{ x }}{% endfor %}{{ x }}
----
{% for x in [] %}{% else %}{% set q = 1 %}{{ q }}{% endfor %}{{ q }}
----
{% set x = 1 %}{% set x %}{{ x }}2{% endset %}{{ x }}
----
{% set x | default(text) %}{% endset %}{{ x }}
----
{{ caller }}{{ kwargs }}{{ varargs }}
----
{% macro outer() %}{% macro inner() %}i{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}{{ inner is defined }}
----
{% macro m() %}{{ loop.index }}{% endmacro %}{% for i in [1] %}{{ m() }}{% endfor %}
----
{% for i in [1, 2] %}{% macro m() %}{{ loop.index }}{% endmacro %}{{ m() }}{% endfor %}
----
{% if true %}
{%- set x = "a" %}
{%- endif %}
{{- x }}
----
{{ '\n' }}{{ "\t" }}|{{ '\\n' }}|{{ "a\
b" }}
----
{{ "<|im_start|>" + "user" + "\n" + text + "<|im_end|>" }}
----
{{- "<|a|>" -}}
{{- "\n" -}}

{{- "b" }}
----
{% set x = "a" %}{% set x = x ~ x %}{% set x = x ~ x %}{{ x }}
----
{% set d = {"k": 1} %}{% for key in d %}{{ key }}{{ d[key] }}{% endfor %}{{ d | list }}{{ "k" in d }}
----
{% set d = dict(messages[0], extra=1) %}{{ d.extra }}{{ d.role }}
----
{% set l = [] %}{{ l.append(1) }}{{ l }}
----
{% set _ = numbers.append(4) %}
----
{% if numbers.append is defined %}y{% else %}n{% endif %}
----
{{ numbers.copy() + [9] }}{{ person.copy().age }}
----
{% for message in messages %}{{ message['role'] + ': ' + message['content'] + ('' if loop.last else '\n') }}{% endfor %}
"""
