//! The options, each one an item that feeds parsing and help.

use crate::config::written::KindName;
use crate::obligations::Tier;
use crate::rules;
use crate::shard::Shard;
use clap::builder::{
    NonEmptyStringValueParser, PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser,
};
use clap::{Arg, ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsStr;
use std::path::PathBuf;

/// What each exit code means; shown by `--help` and in the manual page.
pub(super) const EXIT_CODES: [(u8, &str); 3] = [
    (0, "nothing at error level"),
    (1, "findings at error level, or more warnings than --max-warnings"),
    (2, "leaklint could not do its job; the findings of everything else are still printed"),
];

fn exit_codes() -> String {
    let lines = EXIT_CODES.map(|(code, meaning)| format!("\n  {code}  {meaning}"));
    format!("Exit codes:{}", lines.concat())
}

/// Finds memory leaks in JavaScript and TypeScript before they ship
#[derive(Debug, Parser)]
#[command(name = "leaklint", version, max_term_width = 100, after_help = exit_codes())]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lint files and folders
    #[command(after_help = exit_codes())]
    Check(Box<CheckArgs>),
    /// Write down the findings of today, so that `check` reports new ones only
    Baseline(Box<BaselineArgs>),
    /// Show a rule's page
    Explain(ExplainArgs),
    /// List the rules, the tiers they can reach, and what they say
    Rules(RulesArgs),
    /// Join SARIF reports, as of the shards of a run or of partitions of a stream, into one
    Merge(MergeArgs),
    /// Print the script that completes leaklint in a shell
    Completions(CompletionsArgs),
    /// Print the manual page, for `man`
    Man(ManArgs),
    /// Write a leaklint.jsonc with comments to start from
    Init,
    /// Print the JSON Schema of leaklint.jsonc, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's id
    #[arg(value_parser = RuleId, hide_possible_values = true)]
    pub rule: String,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The command whose page to print, instead of that of leaklint
    pub command: Option<String>,
}

/// Where the configuration comes from.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Use this configuration, and none that lies beside the files
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long)]
    pub no_config: bool,
}

#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = ListFormat::Pretty)]
    pub format: ListFormat,
    /// List the acquire and release protocols that leaklint knows instead
    #[arg(long)]
    pub protocols: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Pretty,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Files and folders to lint
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub known: KnownArgs,
    /// What standard output gets [default: pretty; with --stdin-jsonl jsonl, which can be sarif, too]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Write a further report to a file, in any format (repeatable)
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file)]
    pub report: Vec<ReportFile>,
    /// What tells this analysis from others of the same commit, in SARIF
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub category: Option<String>,
    #[command(flatten)]
    pub lint: LintArgs,
    #[command(flatten)]
    pub cache: CacheArgs,
    /// Fail when there are more warnings than this
    #[arg(long, value_name = "N")]
    pub max_warnings: Option<usize>,
    /// Exit with 0 whatever is found: for task runners that keep the reports of tasks which succeed. 2 stays 2
    #[arg(long, conflicts_with = "max_warnings")]
    pub exit_zero: bool,
    /// Show errors only
    #[arg(long)]
    pub quiet: bool,
    /// Show every obligation considered in a file, or on one line of it, and the step that decided it
    #[arg(long, value_name = "FILE[:LINE]")]
    pub trace: Option<String>,
    /// Show what applies to this file and who says so, instead of linting; `--format json` for machines
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "report", "trace", "stdin", "staged", "changed", "since"])]
    pub print_config: Option<PathBuf>,
    /// Say on standard error how many files were linted and how many left out, and why
    #[arg(long)]
    pub stats: bool,
    /// When to use colour; NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are heard, too
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

impl CheckArgs {
    /// What standard output gets, if it is not a stream.
    pub(super) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Pretty)
    }
}

/// What is kept for the next run.
#[derive(Debug, Args)]
pub(super) struct CacheArgs {
    /// Remember what came of each file, and lint only what has changed: in node_modules/.cache/leaklint, or among the
    /// user's caches where there is no node_modules. Nothing is remembered of --stdin, --stdin-jsonl and --trace
    #[arg(long)]
    pub cache: bool,
    /// Remember it in this folder
    #[arg(long, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
}

/// What is found in which files.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Show findings that are at least this sure; `likely` unless a configuration says otherwise
    #[arg(long, value_enum)]
    pub min_confidence: Option<Confidence>,
    /// Set a rule's severity (repeatable)
    #[arg(long, value_name = "ID=off|on|info|warn|error")]
    pub rule: Vec<String>,
    /// Run only this rule (repeatable)
    #[arg(long, value_name = "ID", value_parser = RuleId, hide_possible_values = true)]
    pub only: Vec<String>,
    /// Neither ignore files nor the exclusions by kind apply
    #[arg(long)]
    pub no_ignore: bool,
    /// Lint a kind of file that is left out by default, or `all` (repeatable)
    #[arg(long, value_name = "KIND", value_parser = kind_names())]
    pub include: Vec<KindName>,
    /// Largest file that is linted, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 8 * 1024 * 1024)]
    pub max_file_size: u64,
    /// Parse every file, also those in which no rule can fire
    #[arg(long)]
    pub no_prefilter: bool,
    /// Stop after parsing, to measure what the analysis costs
    #[arg(long, hide = true)]
    pub parse_only: bool,
    /// Threads to use; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    /// Files and folders to lint; what is known of others stays
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Only take out what is gone; nothing new becomes known
    #[arg(long)]
    pub prune: bool,
    /// Write this file, instead of the nearest leaklint-baseline.json or a new one at the root of the repository
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    #[command(flatten)]
    pub lint: LintArgs,
}

/// Which findings are known.
#[derive(Debug, Args)]
pub(super) struct KnownArgs {
    /// Report only what this baseline does not know, instead of the nearest leaklint-baseline.json
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub baseline: Option<PathBuf>,
    /// Report known findings, too
    #[arg(long)]
    pub no_baseline: bool,
}

/// What is linted instead of all files below the paths.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("differs").args(["staged", "changed", "since"]).conflicts_with_all(["trace", "stdin"])))]
pub(super) struct SelectArgs {
    /// Lint what is staged for the next commit, with the content that is staged
    #[arg(long)]
    pub staged: bool,
    /// Lint what differs from HEAD: staged, unstaged and untracked files
    #[arg(long)]
    pub changed: bool,
    /// Lint what differs from the commit at which REF and HEAD parted, untracked files included
    #[arg(long, value_name = "REF", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// Keep the findings that the change brought: on changed lines, or not there before it
    #[arg(long, requires = "differs")]
    pub new_lines: bool,
    /// Lint what standard input gives, as if it were the file that `--stdin-filename` names
    #[arg(long, requires = "stdin_filename", conflicts_with_all = ["paths", "trace"])]
    pub stdin: bool,
    /// Lint a stream: each line of standard input is a record {"path": …, "source": …}, and is answered by one on standard
    /// output, in order; findings are no reason to exit with 1
    #[arg(long, conflicts_with_all = ["paths", "trace", "stdin", "staged", "changed", "since", "new_lines", "shard", "report", "category", "print_config", "max_warnings", "stats"])]
    pub stdin_jsonl: bool,
    /// The path of what standard input gives; configuration, ignore files and kinds apply as to that file
    #[arg(long, value_name = "PATH", requires = "stdin", value_parser = file_path)]
    pub stdin_filename: Option<PathBuf>,
    /// Lint one of N parts of the files, for several machines; `leaklint merge` joins their SARIF reports
    #[arg(long, value_name = "I/N", conflicts_with_all = ["stdin", "trace", "print_config"])]
    pub shard: Option<Shard>,
}

pub(super) fn file_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.file_name() {
        Some(_) if !text.ends_with(['/', std::path::MAIN_SEPARATOR]) => Ok(path),
        _ => Err("name a file, not a folder".to_owned()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Pretty,
    Compact,
    Json,
    Jsonl,
    Sarif,
    Github,
    Gitlab,
    Junit,
    Checkstyle,
    Rdjson,
}

impl Format {
    /// Whether people read it as it comes, in a terminal or a log.
    pub(super) fn is_for_people(self) -> bool {
        matches!(self, Self::Pretty | Self::Compact | Self::Github)
    }
}

/// One `--report`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportFile {
    pub format: Format,
    pub path: PathBuf,
}

fn report_file(text: &str) -> Result<ReportFile, String> {
    let names = || {
        let names: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect();
        names.join(", ")
    };
    let Some((format, path)) = text.split_once('=') else {
        return Err("write it as FORMAT=FILE, like sarif=leaks.sarif".to_owned());
    };
    let format = Format::from_str(format, false)
        .map_err(|_| format!("there is no format `{format}`; there are {}", names()))?;
    match path {
        "" => Err("name the file".to_owned()),
        "-" => Err("standard output is what --format is for".to_owned()),
        path => Ok(ReportFile { format, path: PathBuf::from(path) }),
    }
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// SARIF reports of leaklint, and what `--stdin-jsonl --format sarif` wrote, of the same version
    #[arg(required = true, value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Write the merged report to this file instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What tells this analysis from others of the same commit
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub category: Option<String>,
    /// Exit as the unsharded run would: 1 with findings at error level, 2 if something could not be read
    #[arg(long)]
    pub exit_code: bool,
    /// The same, and fail when there are more warnings than this
    #[arg(long, value_name = "N")]
    pub max_warnings: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Confidence {
    Proven,
    Likely,
    Possible,
}

impl From<Confidence> for Tier {
    fn from(confidence: Confidence) -> Self {
        match confidence {
            Confidence::Proven => Self::Proven,
            Confidence::Likely => Self::Likely,
            Confidence::Possible => Self::Possible,
        }
    }
}

fn kind_names() -> impl TypedValueParser<Value = KindName> {
    PossibleValuesParser::new(KindName::names()).try_map(|name| KindName::named(&name))
}

/// Reads any text: who uses it says what is wrong, and which rule was probably meant. Shells complete the ids.
#[derive(Debug, Clone, Copy)]
struct RuleId;

impl TypedValueParser for RuleId {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::metas().map(|meta| PossibleValue::new(meta.id).help(meta.summary))))
    }
}
