package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.Parameter;

/** Generates manual pages from declarations and from the documentation. */
final class ManualPages {

  private static final String OPTIONS = "Options";
  private static final String PARAMETERS = "Parameters";

  /** The placeholders of a command line: words in capitals, and ellipses. */
  private static final Pattern PLACEHOLDER = Pattern.compile("[A-Z][A-Z0-9]*|\\.\\.\\.|[^A-Z.]+|.");

  private final String version;
  private final String date;

  ManualPages(String version, String date) {
    this.version = version;
    this.date = date;
  }

  /** The page of a command. */
  String of(DocumentedCommand command, String markdown, List<String> related) {
    Map<String, String> declared = new LinkedHashMap<>();
    for (Flag flag : command.flags()) {
      keys(flag).forEach(key -> declared.put(key, keys(flag).get(0)));
    }
    DocumentationPage prose = new DocumentationPage(markdown, declared);
    prose.removeFromIntroduction(command.synopsis());
    Roff out = start(command.name(), command.summary(), command.synopsis());
    out.section("DESCRIPTION");
    prose.write(DocumentationPage.INTRODUCTION, out);
    out.section("OPTIONS");
    for (Flag flag : command.flags()) {
      out.entry(tag(flag), description(prose, keys(flag), flag.help()));
    }
    prose.write(OPTIONS, out);
    return end(out, prose, OPTIONS, related);
  }

  /** The page of a plugin or filter. */
  String of(DocumentedLayer layer, String markdown, List<String> related) {
    Map<String, String> declared = new LinkedHashMap<>();
    layer.parameters().forEach(parameter -> declared.put(parameter.key(), parameter.key()));
    DocumentationPage prose = new DocumentationPage(markdown, declared);
    String use =
        layer.isPlugin()
            ? "nbd-core [OPTIONS] " + layer.name()
            : "nbd-core --filter=" + layer.name() + " PLUGIN";
    List<String> synopsis = prose.takeUsage();
    if (synopsis.isEmpty()) {
      synopsis = List.of(use + (declared.isEmpty() ? "" : " [KEY=VALUE ...]"));
    }
    Roff out = start(layer.page(), layer.description(), synopsis);
    out.section("DESCRIPTION");
    out.paragraph(sentence(Roff.plain(layer.description())));
    prose.write(DocumentationPage.INTRODUCTION, out);
    out.section("PARAMETERS");
    for (Parameter<?> parameter : layer.parameters()) {
      out.entry(tag(parameter), description(prose, List.of(parameter.key()), parameter.help()));
      note(parameter, out);
    }
    if (layer.acceptsAnyKey()) {
      out.entry(Roff.italic("KEY") + "=" + Roff.italic("VALUE"), "Any other key.");
    } else if (declared.isEmpty()) {
      out.paragraph("This " + layer.kind() + " has no parameters.");
    }
    prose.write(PARAMETERS, out);
    if (!layer.flags().isEmpty()) {
      out.section("DEBUG FLAGS");
      for (DebugFlag flag : layer.flags()) {
        out.entry(
            Roff.bold(Roff.literal("-D " + layer.name() + "." + flag.name())) + "=" + italicN(),
            sentence(Roff.plain(flag.description())));
      }
    }
    return end(out, prose, PARAMETERS, related);
  }

  /**
   * The text of the page, preceded by the declared help if the text is shared by several keys;
   * otherwise the declared help.
   */
  private static String description(DocumentationPage prose, List<String> keys, String help) {
    Set<String> texts = new LinkedHashSet<>();
    for (String key : keys) {
      if (prose.description(key) == null || prose.isShared(key)) {
        texts.add(sentence(Roff.plain(help)));
      }
      if (prose.description(key) != null) {
        texts.add(prose.description(key));
      }
    }
    if (texts.size() > 1 && keys.stream().noneMatch(prose::isShared)) {
      texts.remove(sentence(Roff.plain(help)));
    }
    return String.join("\n", texts);
  }

  /** The names by which the page may describe an option; those with a value end with "=". */
  private static List<String> keys(Flag flag) {
    return flag.spellings().stream()
        .map(spelling -> flag.takesValue() && spelling.startsWith("--") ? spelling + "=" : spelling)
        .toList();
  }

  private static String italicN() {
    return Roff.italic("N");
  }

  private static void note(Parameter<?> parameter, Roff out) {
    List<String> notes = new ArrayList<>();
    if (parameter.isMagic()) {
      notes.add("A bare word is the value of this parameter.");
    }
    if (parameter.isRequired()) {
      notes.add("Required.");
    }
    if (parameter.isRepeatable()) {
      notes.add("May be given several times.");
    }
    if (!notes.isEmpty()) {
      out.text(String.join(" ", notes));
    }
  }

  private Roff start(String page, String summary, List<String> synopsis) {
    Roff out = new Roff(page.toUpperCase(Locale.ROOT), date, version, "User Commands");
    out.section("NAME");
    out.text(Roff.literal(page) + " \\- " + Roff.plain(summary));
    out.section("SYNOPSIS");
    for (int i = 0; i < synopsis.size(); i++) {
      if (i > 0) {
        out.lineBreak();
      }
      out.text(usage(synopsis.get(i)));
    }
    return out;
  }

  /** Placeholders in italics, everything else in bold. */
  private static String usage(String form) {
    StringBuilder text = new StringBuilder();
    Matcher part = PLACEHOLDER.matcher(form);
    while (part.find()) {
      String word = Roff.literal(part.group());
      boolean placeholder = Character.isUpperCase(part.group().charAt(0));
      text.append(placeholder ? Roff.italic(word) : Roff.bold(word));
    }
    return text.toString();
  }

  private static String tag(Flag flag) {
    List<String> shown = new ArrayList<>();
    for (String spelling : flag.spellings()) {
      String text = Roff.bold(Roff.literal(spelling));
      boolean longName = spelling.startsWith("--");
      if (flag.takesValue() && (longName || flag.names().isEmpty())) {
        String value = (longName ? "=" : " ") + Roff.italic(Roff.breakable(flag.value()));
        text += flag.optional() ? "[" + value + "]" : value;
      }
      shown.add(text);
    }
    return String.join(", ", shown);
  }

  private static String tag(Parameter<?> parameter) {
    String key = Roff.bold(Roff.literal(parameter.key() + "="));
    return (parameter.isMagic() ? "[" + key + "]" : key)
        + Roff.italic(Roff.breakable(parameter.placeholder()));
  }

  private static String sentence(String roff) {
    String text = roff.substring(0, 1).toUpperCase(Locale.ROOT) + roff.substring(1);
    return text.endsWith(".") ? text : text + ".";
  }

  private static String end(
      Roff out, DocumentationPage prose, String written, List<String> related) {
    for (String title : prose.titles()) {
      if (!title.equals(DocumentationPage.INTRODUCTION) && !title.equals(written)) {
        out.section(title.toUpperCase(Locale.ROOT).replace("\\FB", "\\fB").replace("\\FR", "\\fR"));
        prose.write(title, out);
      }
    }
    out.section("SEE ALSO");
    out.text(
        String.join(
            ",\n", related.stream().map(page -> Roff.bold(Roff.literal(page)) + "(1)").toList()));
    return out.toString();
  }
}
