"""The phrases that tell a claim in prose from any other number, as patterns.

Each has bounded repeats. What they decide together is in `gitlog_track.claims.prose`.
"""

import functools
import re

from gitlog_track.claims.quantity import Unit

ANY_CASE = re.IGNORECASE
LINK = (
    r"(?: (?:is|was|are|were|now|of|at|to|came to|comes to|stands at|reached|reaches"
    r"|(?:rose|went|up|grew|improved|increased|raised)(?: to)?|from [0-9.]{1,6} ?%? to"
    r")){0,3}[ ]?(?:[:=\u2192]|->)?[ ]?"
)
SOFT = r"(?:(?:only|just|exactly|a total of|in total) )?"
NUMBER_NEXT = (
    r"(?=[~\u2248+\-\u2212]?[ ]?[0-9]|PT?[0-9]|(?:about|around|approximately|approx"
    r"|roughly|circa|ca)\.? {1,2}[0-9])"
)
WORKED = re.compile(
    rf"\b(?P<verb>(?:has |have )?(?:took|taken|spent|needed|required)(?: me| us|:)?"
    r"|(?:completed|finished|done|delivered|implemented|built|wrote|written|shipped"
    r"|wrapped up|closed)(?P<object>(?: [A-Za-z0-9'/_.`-]{1,30}){0,8}?)"
    rf" (?:in|within|after)) {SOFT}{NUMBER_NEXT}",
    ANY_CASE,
)
OWN_WORK = re.compile(
    r"(?:^|[.;:!?,(\[\u2013\u2014\u2705\u2713\u2714] ?| - |[|>*] "
    r"|\b(?P<explicit>(?-i:[A-Z][A-Z0-9]*(?:\.[0-9]+)?-[0-9]+)|phase [0-9.]+"
    r"|(?:this |the |whole )?(?:task|phase|work|implementation|development|effort)"
    r"|(?:this|the) (?:feature|ticket))"
    r"|\b(?P<weak>it|this|it all|all this|all of this|all|(?:this|the whole)"
    r" (?:commit|change|patch|pr|fix|thing|job|story|rewrite|refactoring))"
    r"|\b(?P<person>i|we|i've|we've))"
    r" ?(?:(?:was|is|were|has been|got|only|just|now|fully|all) ){0,2}$",
    ANY_CASE,
)
WORKING = re.compile(
    r" (?:on|debugging|fixing|writing|working|implementing|testing|reviewing"
    r"|refactoring|building|hunting|chasing|investigating|researching|coding)\b",
    ANY_CASE,
)
OTHER_BEHIND = re.compile(
    r"[ ]?-(?! )|[ ]?/[ ]?[a-z]|[ ]of (?!work|effort)"
    r"|[ ](?:per|each|every|apiece|on average|longer|faster|slower"
    r"|quicker|shorter|more|less|fewer|instead|before|previously|earlier|later|ago|old"
    r"|timeouts?|delays?|intervals?|windows?|limits?|maximum|max|at most|at least|on my"
    r"|on a|on an|on the|on average|for a|for an|for the|for each|to run|to build"
    r"|to compile|to load|to boot"
    r"|to start|with -|when|if|without|while|under)(?![A-Za-z])",
    ANY_CASE,
)
ENDS_CLAUSE = re.compile(
    r" ?(?:$|[.,;:!?)\]\u2013\u2014(]|- |(?:and|using|with|in total|total|of work"
    r"|from start|start to finish|vs\.?|versus|compared|instead of the"
    r"|to (?:implement|write|develop|find|fix|debug|figure out|get right)|all in all"
    r"|overall|end to end)(?![A-Za-z]))",
    ANY_CASE,
)
SCHEDULE = re.compile(
    r"\b(?:ahead of|behind) (?:the )?(?:schedule|plan|estimate)\b", ANY_CASE
)
DIGITS = re.compile(r"(?<![A-Za-z0-9_.,:])[+\-\u2212~]?[0-9]")
TOKENS_SPENT = re.compile(
    r"\b(?:used|using|consumed|consuming|spent|spending|burn(?:ed|t)|cost|costing)"
    r"(?: up)? (?:(?:only|just|exactly|about|around|roughly|approximately) |~ ?)?$",
    ANY_CASE,
)
SPENT_BEHIND = re.compile(
    r" (?:were |was |got )?(?:used|consumed|spent|burned)\b", ANY_CASE
)
CLAUSE_BEFORE = re.compile(
    r"(?:^|[.;:!?,(\[|*\u2013\u2014\u2705\u2713\u2714] ?| - "
    r"|\b(?:and|with|had|encountered|found|met|after|used) )(?:~|only |just )?$",
    ANY_CASE,
)
POLICY = re.compile(
    r"\b(?:requir\w*|threshold|minimum|min|target\w*|goal|at least|enforc\w*|fail\w*"
    r"|below|under|over|above|must|should|shall|want\w*|aim\w*|needs?|limit\w*|expect\w*"
    r"|if|when|until|unless|gate|would|could|once|not|no|can|may|might|whether|want"
    r"|drop\w*|lower\w*|reduc\w*|minim\w*|limit\w*|set|cap|max\w*)\b",
    ANY_CASE,
)
COVERAGE = re.compile(
    r"(?P<percent>[0-9][0-9.]{0,6} ?%) (?P<kind>(?:unit )?(?:test|code|line|branch"
    r"|statement) )?coverage(?! (?:of|for|threshold|target|requirement|gate|goal|badge"
    r"|check|rule|limit|on)\b)(?![A-Za-z_-])",
    ANY_CASE,
)
MASKED = re.compile(
    r"`[^`]{1,300}`|\"[^\"]{1,300}\"|\u201c[^\u201d]{1,300}\u201d"
    r"|\b(?:https?|ftp|git|ssh|file)://\S{1,2000}",
)
BULLET = re.compile(r"^[ \t]{0,12}(?:[-*+\u2022]|[0-9]{1,3}[.)]) ")
HINT = re.compile(
    r"took|taken|spent|needed|required|complet|finish|done|deliver|implement|built"
    r"|wrote|written|shipped"
    r"|wrapped|closed|ahead|behind|token|iteration|coverage|halluci|bug|interaction"
    r"|ai call|context sw|ratio|rate|duration|tasks|varian|actual| time",
    ANY_CASE,
)
NUMBER_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
SPELLED = re.compile(
    rf"\b({'|'.join(NUMBER_WORDS)})(?=[ -](?:and|seconds?|minutes?|hours?|days?|weeks?"
    r"|tokens|iterations?|bugs?|hallucinations?|ai |context switch|tasks)\b)",
    ANY_CASE,
)
UNIT_OF_TOPIC: dict[str, Unit] = {
    "duration": "s",
    "variance": "s",
    "efficiency": "1",
    "iterations per task": "1",
    "coverage": "%",
    "hallucination rate": "%",
}
ALWAYS = {
    "hallucinations",
    "iterations per task",
    "tokens per task",
    "tasks completed",
}


@functools.lru_cache(maxsize=8)
def noun_patterns(
    nouns: tuple[tuple[str, str], ...],
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of `3 <noun>` and of `<noun> is 3`, longest nouns first."""
    ordered = sorted((noun for noun, _ in nouns), key=len, reverse=True)
    counted = [noun for noun in ordered if _is_counted(noun, dict(nouns)[noun])]
    named = [noun for noun in ordered if noun not in counted]
    count = (
        r"(?<![A-Za-z0-9_.,:/#$=+-])(?P<number>[0-9][0-9.,_']{0,20}"
        r"(?: ?(?:[kKM]|thousand|million)\b)?"
        r"(?: ?(?:-|to|/|of|out of) ?[0-9][0-9.,]{0,12}[kKM]?)?) "
        rf"(?P<noun>{'|'.join(map(re.escape, counted))})(?![A-Za-z0-9_-])"
    )
    name = (
        rf"(?<![A-Za-z0-9_/.-])(?P<noun>{'|'.join(map(re.escape, named))})"
        rf"{LINK}{SOFT}{NUMBER_NEXT}"
    )
    return re.compile(count, ANY_CASE), re.compile(name, ANY_CASE)


def _is_counted(noun: str, topic: str) -> bool:
    """Tell nouns that follow their number from those that come before it."""
    if noun in {"token usage", "tokens used", "token count used"}:
        return False
    return UNIT_OF_TOPIC.get(topic, "count") == "count" or topic in ALWAYS
