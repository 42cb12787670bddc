package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/**
 * Every filter and every parameter of it, seen by a real client. Each case is run again without the
 * filter, and at the default of each parameter that it is about: then its client must fail, or the
 * case shows nothing.
 */
@Tag("heavy")
class FilterIT {

  private static final int PATIENCE_SECONDS = 30;

  /** For what never comes. */
  private static final int SHORT_SECONDS = 1;

  private static final int ATTEMPTS = 3;

  /** How a script ends that did not find what it should, rather than being wrong itself. */
  private static final Pattern DISAPPOINTED =
      Pattern.compile(
          "(?s).*\\n(Assertion|nbd\\.|subprocess\\.CalledProcess|FileNotFound)Error\\b.*");

  /** These need what a table cannot give; the class where they are tested. */
  private static final Set<String> ELSEWHERE =
      Set.of("exitwhen exit-when-pipe-closed"); // ExitwhenPipeIT

  @TempDir Path folder;
  private int runs;

  static List<FilterCase> cases() throws IOException {
    return FilterCase.all();
  }

  private FilterRun run(FilterCase filterCase, int patienceSeconds) throws IOException {
    // a short path, as Unix sockets have to have
    Path own = Files.createDirectory(folder.resolve("" + runs++));
    return new FilterRun(filterCase, own, patienceSeconds);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void clientsSeeWhatTheFilterDoesAndMissItWithoutIt(FilterCase filterCase) throws IOException {
    assertThat(run(filterCase, PATIENCE_SECONDS).complaint(filterCase.words())).isEmpty();
    assertThat(filterCase.takenAway()).isNotEmpty();
    for (String taken : filterCase.takenAway()) {
      List<String> less = without(taken, filterCase.words());
      assertThat(less).hasSizeLessThan(filterCase.words().size());
      assertThat(complaintWithout(filterCase, less))
          .as("what the client says without " + taken)
          .matches(DISAPPOINTED);
    }
  }

  /**
   * Asks again if the client was content: a machine that stalls looks like a filter that delays.
   */
  private String complaintWithout(FilterCase filterCase, List<String> less) throws IOException {
    String complaint = "";
    for (int i = 0; i < ATTEMPTS && complaint.isEmpty(); i++) {
      complaint = run(filterCase, SHORT_SECONDS).complaint(less);
    }
    return complaint;
  }

  private static List<String> without(String taken, List<String> words) {
    List<String> prefixes = new ArrayList<>();
    if (taken.startsWith("--filter=")) {
      for (FilterProvider filter : ServiceLoader.load(FilterProvider.class)) {
        if (taken.equals("--filter=" + filter.name())) {
          filter.parameters().forEach(parameter -> prefixes.add(parameter.key() + "="));
        }
      }
    } else {
      prefixes.add(taken + "=");
    }
    return words.stream()
        .filter(word -> !word.equals(taken) && prefixes.stream().noneMatch(word::startsWith))
        .toList();
  }

  @Test
  void everyFilterAndEveryParameterThatCanBeLeftOutIsTakenAwayInSomeCase() throws IOException {
    Set<String> tested = new TreeSet<>(ELSEWHERE);
    for (FilterCase filterCase : cases()) {
      for (String taken : filterCase.takenAway()) {
        tested.add(filterCase.name() + " " + taken);
      }
    }
    Set<String> wanted = new TreeSet<>();
    for (FilterProvider filter : ServiceLoader.load(FilterProvider.class)) {
      if (filter.getClass().getName().startsWith("org.nbdcore.filter.")) {
        wanted.add(filter.name() + " --filter=" + filter.name());
        for (Parameter<?> parameter : filter.parameters()) {
          if (!parameter.isRequired()) {
            wanted.add(filter.name() + " " + parameter.key());
          }
        }
      }
    }
    assertThat(wanted).hasSizeGreaterThan(100);
    assertThat(tested).containsAll(wanted);
  }
}
