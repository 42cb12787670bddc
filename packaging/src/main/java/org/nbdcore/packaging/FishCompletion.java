package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Parameter;

/** Completion for fish. */
final class FishCompletion implements Completion {

  private static final String SERVER =
      """
      # Completion of nbd-core for fish, made from its declared options.

      # The words before the cursor that are no options and no values of options.
      function __nbd_core_words
        set -l skip
        for word in (commandline -opc)[2..-1]
          if set -q skip[1]
            set -e skip
          else if contains -- $word @TAKES@
            set skip yes
          else if not string match -q -- '-*' $word; and not string match -q -- '*=*' $word
            echo $word
          end
        end
      end

      function __nbd_core_without_plugin
        set -l words (__nbd_core_words)
        test (count $words) -eq 0
      end

      function __nbd_core_plugin
        set -l words (__nbd_core_words)
        test "$words[1]" = $argv[1]
      end

      function __nbd_core_key
        string match -q -- "$argv[1]=*" (commandline -ct)
      end

      function __nbd_core_filter
        set -l words (commandline -opc)
        contains -- --filter=$argv[1] $words; and return
        set -l at (contains -i -- $argv[1] $words); and test $words[(math $at - 1)] = --filter
      end

      """;

  @Override
  public String path(DocumentedCommand command) {
    return "fish/vendor_completions.d/" + command.name() + ".fish";
  }

  @Override
  public String server(
      DocumentedCommand server, List<DocumentedLayer> plugins, List<DocumentedLayer> filters) {
    StringBuilder out =
        new StringBuilder(SERVER.replace("@TAKES@", String.join(" ", Completion.taking(server))));
    String first = "complete -c nbd-core -n __nbd_core_without_plugin -f -a ";
    server.words().forEach(word -> out.append(first).append(quoted(word)).append('\n'));
    for (DocumentedLayer plugin : plugins) {
      out.append(first).append(quoted(plugin.name())).append(description(plugin.description()));
    }
    out.append(options(server, filters));
    filters.forEach(filter -> keys(filter, out));
    plugins.forEach(plugin -> keys(plugin, out));
    return out.toString();
  }

  @Override
  public String tool(DocumentedCommand command) {
    StringBuilder out = new StringBuilder();
    out.append("# Completion of ").append(command.name());
    out.append(" for fish, made from its declared options.\n\n");
    String first = "complete -c " + command.name() + " -n __fish_use_subcommand -a ";
    command.words().forEach(word -> out.append(first).append(quoted(word)).append('\n'));
    return out.append(options(command, List.of())).toString();
  }

  private static void keys(DocumentedLayer layer, StringBuilder out) {
    String condition = "__nbd_core_" + layer.kind() + " " + layer.name();
    for (Parameter<?> parameter : layer.parameters()) {
      String key = parameter.key();
      key(condition, words(key, Completion.choices(parameter)), parameter, out);
      List<String> others = new ArrayList<>(parameter.aliases());
      others.add(layer.name() + "." + key);
      for (String other : others) {
        // Aliases are completed only after the user has typed them.
        String typed = condition + "; and __nbd_core_key " + other;
        key(typed, words(other, Completion.choices(parameter)), parameter, out);
      }
    }
  }

  private static String words(String key, List<String> choices) {
    List<String> words = new ArrayList<>(List.of(key + "="));
    choices.forEach(choice -> words.add(key + "=" + choice));
    return String.join(" ", words);
  }

  private static void key(
      String condition, String words, Parameter<?> parameter, StringBuilder out) {
    out.append("complete -c nbd-core -n '").append(condition).append("' -a ");
    out.append(quoted(words)).append(description(parameter.help()));
  }

  private static String options(DocumentedCommand command, List<DocumentedLayer> filters) {
    StringBuilder out = new StringBuilder();
    for (Flag flag : command.flags()) {
      out.append("complete -c ").append(command.name());
      flag.letters().forEach(letter -> out.append(" -s ").append(letter.substring(1)));
      flag.names().forEach(name -> out.append(" -l ").append(name.substring(2)));
      if (flag.takesValue() && !flag.optional()) {
        out.append(flag.isFile() ? " -r -F" : " -x");
        List<String> words = flag.choices();
        if (flag.value().equals("FILTER")) {
          words = filters.stream().map(DocumentedLayer::name).toList();
        }
        String arguments =
            switch (flag.value()) {
              case "USER" -> "(__fish_complete_users)";
              case "GROUP" -> "(__fish_complete_groups)";
              default -> String.join(" ", words);
            };
        if (!arguments.isEmpty()) {
          out.append(" -a ").append(quoted(arguments));
        }
      }
      out.append(description(flag.help()));
    }
    return out.toString();
  }

  private static String description(String text) {
    return " -d " + quoted(text) + "\n";
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
