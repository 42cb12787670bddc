package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Parameter;

/** Completion for zsh. */
final class ZshCompletion implements Completion {

  private static final String SERVER =
      """
      #compdef nbd-core
      # Completion of nbd-core for zsh, made from its declared options.

      # A parameter of the plugin or of a filter that the words before name, or a file.
      _nbd_core_parameter() {
        local word plugin= takes= key=${PREFIX%%=*}
        local -a layers keys
        for word in ${words[2,CURRENT-1]}; do
          if [[ -n $takes ]]; then
            [[ $takes != --filter ]] || layers+=(filter:$word)
            takes=
            continue
          fi
          case $word in
            --filter=*) layers+=(filter:${word#*=}) ;;
            @TAKES@) takes=$word ;;
            -*) ;;
            *=*) ;;
            *) [[ -n $plugin ]] || { plugin=$word; layers+=(plugin:$word) } ;;
          esac
        done
        if [[ $PREFIX == *=* ]]; then
          compset -P '*='
          for word in $layers; do
            case $word:${key#${word#*:}.} in
      @PARAMETERS@
            esac
          done
          _files
          return
        fi
        for word in $layers; do
          case $word in
      @KEYS@
          esac
        done
        compadd -S '' -- $keys
        _files
      }

      _nbd_core() {
        local -a plugins filters
        plugins=(
      @PLUGINS@
        )
        filters=(
      @FILTERS@
        )
        _arguments -S \\
      @OPTIONS@
          '1:plugin:{_describe plugin plugins}' \\
          '*:parameter:_nbd_core_parameter'
      }

      _nbd_core "$@"
      """;

  private static final String TOOL =
      """
      #compdef @COMMAND@
      # Completion of @COMMAND@ for zsh, made from its declared options.

      _arguments -S \\
      @OPTIONS@
      @OPERANDS@
      """;

  @Override
  public String path(DocumentedCommand command) {
    return "zsh/vendor-completions/_" + command.name();
  }

  @Override
  public String server(
      DocumentedCommand server, List<DocumentedLayer> plugins, List<DocumentedLayer> filters) {
    List<DocumentedLayer> layers = Completion.configurable(plugins, filters);
    List<String> keys =
        layers.stream()
            .map(layer -> "      " + layer.label() + ") keys+=(" + layer.keys() + ") ;;")
            .toList();
    List<String> parameters = new ArrayList<>();
    for (DocumentedLayer layer : layers) {
      for (Parameter<?> parameter : layer.parameters()) {
        List<String> choices = Completion.choices(parameter);
        if (!choices.isEmpty()) {
          String pattern = Completion.pattern(layer, parameter);
          String words = String.join(" ", choices);
          parameters.add("        " + pattern + ") compadd -- " + words + "; return ;;");
        }
      }
    }
    List<String> words = new ArrayList<>();
    server.words().forEach(word -> words.add("    " + word));
    plugins.forEach(plugin -> words.add(described(plugin)));
    return SERVER
        .replace("@PARAMETERS@", String.join("\n", parameters))
        .replace("@TAKES@", String.join(" | ", Completion.taking(server)))
        .replace("@KEYS@", String.join("\n", keys))
        .replace("@PLUGINS@", String.join("\n", words))
        .replace("@FILTERS@", String.join("\n", filters.stream().map(this::described).toList()))
        .replace("@OPTIONS@", options(server));
  }

  @Override
  public String tool(DocumentedCommand command) {
    String words = String.join(" ", command.words());
    String operands =
        command.words().isEmpty()
            ? "  '*:file:_files'"
            : "  '1:command:(" + words + ")' \\\n  '*:file:_files'";
    return TOOL.replace("@COMMAND@", command.name())
        .replace("@OPTIONS@", options(command))
        .replace("@OPERANDS@", operands);
  }

  private String described(DocumentedLayer layer) {
    return "    '" + layer.name() + ":" + quoted(layer.description()) + "'";
  }

  /** The specifications of the options, each as one word of the shell and one line. */
  private static String options(DocumentedCommand command) {
    List<String> lines = new ArrayList<>();
    for (Flag flag : command.flags()) {
      List<String> all = flag.spellings();
      for (String spelling : all) {
        StringBuilder spec = new StringBuilder("    '");
        boolean repeated = flag.value().equals("FILTER") || spelling.equals("--plugin-path");
        spec.append(repeated ? "*" : "(" + String.join(" ", all) + ")").append(spelling);
        if (flag.takesValue()) {
          spec.append(spelling.startsWith("--") ? flag.optional() ? "=-" : "=" : "+");
        }
        spec.append('[').append(quoted(flag.help())).append(']');
        if (flag.takesValue()) {
          spec.append(flag.optional() ? "::" : ":").append(word(flag.value())).append(':');
          spec.append(action(flag));
        }
        lines.add(spec.append("' \\").toString());
      }
    }
    return String.join("\n", lines);
  }

  private static String word(String value) {
    String word = value.replaceAll("[^A-Za-z].*", "").toLowerCase(java.util.Locale.ROOT);
    return word.isEmpty() ? "value" : word;
  }

  private static String action(Flag flag) {
    return switch (flag.value()) {
      case "FILTER" -> "{_describe filter filters}";
      case "USER" -> "_users";
      case "GROUP" -> "_groups";
      case "DIR", "FOLDER" -> "_directories";
      default -> {
        List<String> choices = flag.choices();
        if (choices.isEmpty()) {
          yield flag.isFile() ? "_files" : " ";
        }
        yield "(" + String.join(" ", choices) + ")";
      }
    };
  }

  /** Within single quotes, brackets and parts that colons separate. */
  private static String quoted(String text) {
    return text.replace("\\", "\\\\")
        .replace("'", "'\\''")
        .replace("[", "\\[")
        .replace("]", "\\]")
        .replace(":", "\\:");
  }
}
