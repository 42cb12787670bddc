package org.nbdcore.packaging;

import java.util.List;

/**
 * The description of a command: the source of its manual page and completion.
 *
 * @param name of the program
 * @param summary one line without a full stop
 * @param synopsis each form of the command line
 * @param words subcommands
 * @param flags options
 */
record DocumentedCommand(
    String name, String summary, List<String> synopsis, List<String> words, List<Flag> flags) {

  Flag flag(String spelling) {
    return flags.stream()
        .filter(flag -> flag.spellings().contains(spelling))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no option " + spelling));
  }
}
