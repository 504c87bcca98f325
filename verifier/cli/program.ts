// SPDX-License-Identifier: GPL-2.0-only
// Runs one command line: commander parses it from the command table, everything it complains of
// becomes one line on stderr, and the exit code comes back as a value.

import { Command as Parser, CommanderError, Option } from 'commander';
import { COMMANDS, type Command } from './commands.ts';
import type { Context, Flags } from './context.ts';
import { CliError, didYouMean, errorText, oneLine } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';

const AFTER = `
A target is base, <series>/<version> (each patch in turn) or <series>/<version>/<n>.
base[GRAB_FORM=own] sets a version switch.

Exit: 0 nothing new, 1 new findings, 2 usage, 3 does not apply, 4 nothing could be run,
5 cut short, 70 a fault of kpv's own, 130 interrupted.
`;

export async function runCommandLine(argv: readonly string[], context: Context): Promise<ExitCode> {
  const { io } = context;
  let exit: ExitCode = EXIT.clean;
  let help = '';
  const program = new Parser('kpv');
  const quiet = { writeOut: (text: string) => { help += text; }, writeErr: () => undefined };
  program.description('kernel-patch verifier: reviews a kernel patch by running it').version(`kpv ${context.version}`, '-V, --version', 'the version')
    .helpCommand('help [command]', 'help for a command').exitOverride().configureOutput(quiet).addHelpText('after', AFTER);
  for (const command of COMMANDS) {
    const sub = program.command(`${command.name} ${command.args}`.trim()).description(command.summary).exitOverride().configureOutput(quiet);
    if (command.run === null) sub.allowUnknownOption().helpOption(false);
    if (command.examples.length > 0) sub.addHelpText('after', `\nExamples:\n${command.examples.map((e) => `  ${e}`).join('\n')}\n`);
    for (const { form, help: text, name, repeats } of command.flags) {
      const option = new Option(form, text);
      if (repeats === true) option.argParser((word: string, before: unknown) => [...wordsIn(before), word]);
      if (option.attributeName() !== name) throw new Error(`flag ${form} is asked for as ${name}`);
      sub.addOption(option);
    }
    sub.action(async (...args: readonly unknown[]) => { exit = await perform(command, sub, args, context); });
  }
  try {
    if (argv.length === 0) {
      io.stdout.write(program.helpInformation() + AFTER);
      return EXIT.usage;
    }
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      io.stdout.write(help);
      return EXIT.clean;
    }
    const shown = error instanceof CommanderError ? new CliError(complaint(error, argv)) : error;
    const { text, exit: code } = errorText(shown, io.env);
    io.stderr.write(text);
    return code;
  }
  io.stdout.write(help);
  return exit;
}

async function perform(command: Command, parser: Parser, args: readonly unknown[], context: Context): Promise<ExitCode> {
  if (command.run === null) throw new CliError(`${command.name} is not built yet`);
  // Commander hands over the arguments, then the options, then the command itself.
  const words = args.slice(0, -2).flatMap(wordsIn);
  return command.run(words, flagsOf(parser.opts<Readonly<Record<string, unknown>>>()), context);
}

function flagsOf(values: Readonly<Record<string, unknown>>): Flags {
  return {
    word: (name) => wordsIn(values[name]).at(-1) ?? null,
    words: (name) => wordsIn(values[name]),
    on: (name) => values[name] === true,
  };
}

function wordsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function complaint(error: CommanderError, argv: readonly string[]): string {
  // `kpv help nonsense`: commander answers with the help of everything and says no word of it.
  if (error.code === 'commander.help') {
    const word = argv[1] ?? '';
    return `no command '${word}'${didYouMean(word, COMMANDS.map((c) => c.name))}; try 'kpv help'`;
  }
  const said = oneLine(error.message.replace(/^error: /, '')).replace(/\.$/, '');
  const command = COMMANDS.find((c) => c.name === argv[0]);
  return `${said}; try 'kpv help${command === undefined ? '' : ` ${command.name}`}'`;
}
