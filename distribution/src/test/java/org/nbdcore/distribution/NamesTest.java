package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names in the sources of all modules, also of those that this module does not depend on. */
final class NamesTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** This project's old words. The field says zero-copy, asynchronous, negotiation, timeout. */
  private static final Set<String> OLD_WORDS =
      Set.of(
          "begun",
          "borrowed",
          "haggle",
          "haggled",
          "haggling",
          "lend",
          "lends",
          "lending",
          "lent",
          "loan",
          "loans",
          "outcome",
          "outcomes",
          "patience",
          "trouble",
          "workplace");

  /**
   * Words of riddles; the name of a subject belongs there. Not in comments or texts of main code.
   */
  private static final Pattern RIDDLE =
      Pattern.compile(
          "(?i)\\b(?:whoever|nobody|somebody|anybody|told|untold|lent|begun|goes on by itself"
              + "|this is no|is no multiple|does not begin as one)\\b");

  /** Comments and literals, which {@link #identifiers} skips. */
  private static final Pattern NOT_CODE =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\n]*|\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)+'",
          Pattern.DOTALL);

  private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record) (\\w+)");

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])");

  /**
   * A class in a page, or one with the name of a member: {@code `Class`}, {@code `Class.member`}.
   */
  private static final Pattern CODE = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?`");

  private static List<Path> sources(String kind) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path module : NamedTests.modules(ROOT)) {
      Path folder = module.resolve("src/" + kind + "/java");
      try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("package-info.java"))
            .forEach(sources::add);
      }
    }
    assertThat(sources).as("sources in src/%s", kind).hasSizeGreaterThan(500);
    return sources;
  }

  @Test
  void classNamesAreUnique() throws IOException {
    Map<String, Path> named = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (Path source : sources("main")) {
      Path other = named.put(source.getFileName().toString(), source);
      if (other != null) {
        wrong.add(ROOT.relativize(other) + " and " + ROOT.relativize(source));
      }
    }
    for (Path test : sources("test")) {
      Path other = named.get(test.getFileName().toString());
      if (other != null) {
        wrong.add(ROOT.relativize(other) + " and " + ROOT.relativize(test));
      }
    }
    assertThat(wrong).as("classes of one name").isEmpty();
  }

  /** Also nested ones: a reader of {@code Export} must know that the SPI's is meant. */
  @Test
  void noOtherTypeHasTheNameOfAnSpiType() throws IOException {
    Set<String> spi = new HashSet<>();
    for (Path source : sources("main")) {
      if (source.toString().contains("/org/nbdcore/spi/")) {
        spi.add(source.getFileName().toString().replace(".java", ""));
      }
    }
    assertThat(spi).contains("Export", "BlockDevice");
    List<String> wrong = new ArrayList<>();
    for (Path source : sources("main")) {
      Matcher type = TYPE.matcher(NOT_CODE.matcher(Files.readString(source)).replaceAll(" "));
      while (type.find()) {
        boolean own = source.endsWith(type.group(1) + ".java");
        if (spi.contains(type.group(1)) && !own) {
          wrong.add(ROOT.relativize(source) + ": " + type.group(1));
        }
      }
    }
    assertThat(wrong).as("types with the name of one of the SPI").isEmpty();
  }

  @Test
  void classesAndLocksNamedInConcurrencyPageExist() throws IOException {
    Map<String, Set<String>> types = new HashMap<>();
    for (Path source : sources("main")) {
      String code = NOT_CODE.matcher(Files.readString(source)).replaceAll(" ");
      Matcher type = TYPE.matcher(code);
      while (type.find()) {
        types.computeIfAbsent(type.group(1), name -> new HashSet<>()).addAll(identifiers(code));
      }
    }
    Matcher name = CODE.matcher(Files.readString(ROOT.resolve("docs/concurrency.md")));
    Set<String> missing = new TreeSet<>();
    int count = 0;
    while (name.find()) {
      Set<String> members = types.getOrDefault(name.group(1), Set.of());
      if (!members.contains(name.group(2) == null ? name.group(1) : name.group(2))) {
        missing.add(name.group());
      }
      count++;
    }
    assertThat(count).isGreaterThan(100);
    assertThat(missing).isEmpty();
  }

  @Test
  void namesDoNotUseOldWords() throws IOException {
    Set<String> wrong = new TreeSet<>();
    for (String kind : List.of("main", "test")) {
      for (Path source : sources(kind)) {
        for (String name : identifiers(Files.readString(source))) {
          if (words(name).stream().anyMatch(OLD_WORDS::contains)) {
            wrong.add(ROOT.relativize(source) + ": " + name);
          }
        }
      }
    }
    assertThat(wrong).as("names with words that only this project used").isEmpty();
  }

  @Test
  void commentsAndTextsOfMainCodeAreWithoutRiddles() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path source : sources("main")) {
      wrong.addAll(riddles(ROOT.relativize(source).toString(), Files.readString(source)));
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void riddlesAreFoundInCommentsAndLiteralsOnly() {
    String source = "/** Told\n * by nobody. */ int told = 1; // whoever\nf(\"this is no disk\");";
    assertThat(riddles("A", source))
        .containsExactly("A: Told", "A: nobody", "A: whoever", "A: this is no");
  }

  private static List<String> riddles(String file, String source) {
    List<String> found = new ArrayList<>();
    Matcher text = NOT_CODE.matcher(source);
    while (text.find()) {
      Matcher riddle = RIDDLE.matcher(text.group());
      while (riddle.find()) {
        found.add(file + ": " + riddle.group());
      }
    }
    return found;
  }

  @Test
  void identifiersAreSplitIntoWords() {
    assertThat(identifiers("int lentBytes; // a loan\nString s = \"loan\"; /* loan */ X.LOAN_9();"))
        .containsExactlyInAnyOrder("int", "lentBytes", "String", "s", "X", "LOAN_9");
    assertThat(words("lentBytes")).containsExactly("lent", "bytes");
    assertThat(words("MAX_LOAN_9")).containsExactly("max", "loan");
    assertThat(words("parseURLBegun")).containsExactly("parse", "url", "begun");
  }

  private static Set<String> identifiers(String source) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = IDENTIFIER.matcher(NOT_CODE.matcher(source).replaceAll(" "));
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }

  private static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(name);
    while (matcher.find()) {
      words.add(matcher.group().toLowerCase(Locale.ROOT));
    }
    return words;
  }
}
