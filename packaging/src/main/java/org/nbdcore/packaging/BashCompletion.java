package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Parameter;

/** Completion for bash. Needs only the folder of the package bash-completion, not its code. */
final class BashCompletion implements Completion {

  private static final String HEAD =
      """
      # Completion of @COMMAND@ for bash, made from its declared options.

      # Sets cur and prev; bash cuts words at equals signs.
      _@FUNCTION@_words() {
        cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
        if [[ $cur == = ]]; then
          cur=
        elif [[ $prev == = && $COMP_CWORD -gt 1 ]]; then
          prev=${COMP_WORDS[COMP_CWORD - 2]}
        fi
      }

      _@FUNCTION@_files() {
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
      }

      # Completes one of the words; after one that ends with an equals sign comes a value.
      _@FUNCTION@_of() {
        mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
        [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
      }

      # The value of an option; false if $1 takes none.
      _@FUNCTION@_value() {
        case $1 in
      @VALUES@
          *) return 1 ;;
        esac
      }
      """;

  private static final String SERVER =
      """

      # The parameters of a plugin or filter.
      _nbd_core_keys() {
        case $1 in
      @KEYS@
        esac
      }

      # The value of a parameter: $1 is layer:key.
      _nbd_core_parameter() {
        case $1 in
      @PARAMETERS@
          *) return 1 ;;
        esac
      }

      _nbd_core() {
        local cur prev word key layer rest plugin= takes= keys=
        local -a layers=() words
        _nbd_core_words
        # Whole again, in their quotes; the last one is what is completed.
        rest=${COMP_LINE:0:COMP_POINT}
        for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
          if [[ ${#words[@]} -eq 0 || $rest == ' '* ]]; then
            words+=("$word")
          else
            words[-1]+=$word
          fi
          rest=${rest#"${rest%%[! ]*}"}
          rest=${rest#"$word"}
        done
        unset 'words[-1]'
        for word in "${words[@]:1}"; do
          if [[ -n $takes ]]; then
            [[ $takes != --filter ]] || layers+=("filter:$word")
            takes=
            continue
          fi
          case $word in
            --filter=*) layers+=("filter:${word#*=}") ;;
            @TAKES@) takes=$word ;;
            -* | *=*) ;;
            *) [[ -n $plugin ]] || plugin=$word ;;
          esac
        done
        [[ -z $plugin ]] || layers+=("plugin:$plugin")
        if [[ $prev == -* ]] && _nbd_core_value "$prev"; then
          return
        fi
        if [[ $cur == -* ]]; then
          _nbd_core_of '@OPTIONS@'
          return
        fi
        word=${words[${#words[@]} - 1]}
        if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[COMP_CWORD]} == = || ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
          for layer in "${layers[@]}"; do
            key=${prev#"${layer#*:}".}
            if _nbd_core_parameter "$layer:$key"; then
              [[ $cur != /* ]] || _nbd_core_files -f # "true", say, or a file
              return
            fi
          done
          _nbd_core_files -f
          return
        fi
        if [[ -z $plugin ]]; then
          keys='@PLUGINS@'
        fi
        for layer in "${layers[@]}"; do
          keys="$keys $(_nbd_core_keys "$layer")"
        done
        _nbd_core_of "$keys"
        [[ ${#COMPREPLY[@]} -gt 0 || -z $plugin ]] || _nbd_core_files -f
      }
      complete -F _nbd_core nbd-core
      """;

  private static final String TOOL =
      """

      _@FUNCTION@() {
        local cur prev
        _@FUNCTION@_words
        if [[ $prev == -* ]] && _@FUNCTION@_value "$prev"; then
          return
        fi
        if [[ $cur == -* ]]; then
          _@FUNCTION@_of '@OPTIONS@'
          return
        fi
        @OPERANDS@
      }
      complete -F _@FUNCTION@ @COMMAND@
      """;

  @Override
  public String path(DocumentedCommand command) {
    return "bash-completion/completions/" + command.name();
  }

  @Override
  public String server(
      DocumentedCommand server, List<DocumentedLayer> plugins, List<DocumentedLayer> filters) {
    List<DocumentedLayer> layers = Completion.configurable(plugins, filters);
    List<String> keys =
        layers.stream()
            .map(layer -> "    " + layer.label() + ") echo '" + layer.keys() + "' ;;")
            .toList();
    List<String> parameters = new ArrayList<>();
    for (DocumentedLayer layer : layers) {
      for (Parameter<?> parameter : layer.parameters()) {
        String action = action(parameter);
        if (!action.isEmpty()) {
          parameters.add("    " + Completion.pattern(layer, parameter) + ") " + action + " ;;");
        }
      }
    }
    List<String> first = new ArrayList<>(server.words());
    plugins.forEach(plugin -> first.add(plugin.name()));
    return head(server, filters)
        + SERVER
            .replace("@KEYS@", String.join("\n", keys))
            .replace("@PARAMETERS@", String.join("\n", parameters))
            .replace("@TAKES@", String.join(" | ", Completion.taking(server)))
            .replace("@OPTIONS@", options(server))
            .replace("@PLUGINS@", String.join(" ", first));
  }

  private static String action(Parameter<?> parameter) {
    if (Flag.isFile(parameter.placeholder())) {
      return "_nbd_core_files -f";
    }
    List<String> choices = Completion.choices(parameter);
    return choices.isEmpty() ? "" : "_nbd_core_of '" + String.join(" ", choices) + "'";
  }

  @Override
  public String tool(DocumentedCommand command) {
    String words =
        "_@FUNCTION@_of '"
            + String.join(" ", command.words())
            + "'\n  [[ ${#COMPREPLY[@]} -gt 0 ]] || _@FUNCTION@_files -f";
    String operands = command.words().isEmpty() ? "_@FUNCTION@_files -f" : words;
    return head(command, List.of())
        + TOOL.replace("@OPERANDS@", operands)
            .replace("@OPTIONS@", options(command))
            .replace("@FUNCTION@", Completion.identifier(command.name()))
            .replace("@COMMAND@", command.name());
  }

  private static String head(DocumentedCommand command, List<DocumentedLayer> filters) {
    List<String> values = new ArrayList<>();
    for (Flag flag : command.flags()) {
      if (flag.takesValue() && !flag.optional()) {
        String pattern = String.join(" | ", flag.spellings());
        values.add("    " + pattern + ") " + action(flag, filters) + " ;;");
      }
    }
    return HEAD.replace("@VALUES@", String.join("\n", values))
        .replace("@FUNCTION@", Completion.identifier(command.name()))
        .replace("@COMMAND@", command.name());
  }

  private static String action(Flag flag, List<DocumentedLayer> filters) {
    String function = "_@FUNCTION@_";
    String words = String.join(" ", flag.choices());
    if (flag.value().equals("FILTER")) {
      words = String.join(" ", filters.stream().map(DocumentedLayer::name).toList());
    }
    if (flag.value().equals("USER")) {
      return "mapfile -t COMPREPLY < <(compgen -u -- \"$cur\")";
    }
    if (flag.value().equals("GROUP")) {
      return "mapfile -t COMPREPLY < <(compgen -g -- \"$cur\")";
    }
    if (flag.value().equals("DIR") || flag.value().equals("FOLDER")) {
      return function + "files -d";
    }
    if (!words.isEmpty()) {
      return function + "of '" + words + "'";
    }
    return flag.isFile() ? function + "files -f" : ":";
  }

  private static String options(DocumentedCommand command) {
    List<String> words = new ArrayList<>();
    for (Flag flag : command.flags()) {
      words.addAll(flag.letters());
      for (String name : flag.names()) {
        words.add(flag.takesValue() && !flag.optional() ? name + "=" : name);
      }
    }
    return String.join(" ", words);
  }
}
