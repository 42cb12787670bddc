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
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/**
 * Runs each {@link ClientCase} unchanged, and once without each option or key that it tests.
 * Without it the client must fail, or the case proves nothing.
 */
final class ClientChecks {

  private static final int TIMEOUT_SECONDS = 30;

  /** The time to wait for what never comes. */
  private static final int SHORT_SECONDS = 1;

  private static final int ATTEMPTS = 3;

  /**
   * The output of a script that fails because of what it observes, not because of a mistake of its
   * own.
   */
  private static final Pattern EXPECTED_FAILURE =
      Pattern.compile(
          "(?s).*\\n(Assertion|nbd\\.|subprocess\\.CalledProcess|FileNotFound)Error\\b.*");

  private final Path folder;
  private int runs;

  /** Works in the given folder. Its path must be short, because it will contain Unix sockets. */
  ClientChecks(Path folder) {
    this.folder = folder;
  }

  private ClientRun run(ClientCase clientCase, int timeoutSeconds) throws IOException {
    Path own = Files.createDirectory(folder.resolve("" + runs++));
    return new ClientRun(clientCase, own, timeoutSeconds);
  }

  /** Fails unless the client succeeds in the unchanged run, and fails in each of the other runs. */
  void check(ClientCase clientCase) throws IOException {
    assertThat(run(clientCase, TIMEOUT_SECONDS).complaint(clientCase.words())).isEmpty();
    assertThat(clientCase.takenAway()).isNotEmpty();
    for (String taken : clientCase.takenAway()) {
      List<String> others = without(taken, clientCase.words());
      assertThat(others).isNotEqualTo(clientCase.words());
      assertThat(complaintAt(clientCase, others))
          .as("what the client says without " + taken)
          .matches(EXPECTED_FAILURE);
    }
  }

  /** Runs again if the client succeeded: a machine that stalls looks like a filter that delays. */
  private String complaintAt(ClientCase clientCase, List<String> words) throws IOException {
    String complaint = "";
    for (int i = 0; i < ATTEMPTS && complaint.isEmpty(); i++) {
      complaint = run(clientCase, SHORT_SECONDS).complaint(words);
    }
    return complaint;
  }

  private static List<String> without(String taken, List<String> words) {
    List<String> prefixes = new ArrayList<>();
    int equals = taken.startsWith("-") ? -1 : taken.indexOf('=');
    if (taken.startsWith("--filter=")) {
      for (FilterProvider filter : ServiceLoader.load(FilterProvider.class)) {
        if (taken.equals("--filter=" + filter.name())) {
          filter.parameters().forEach(parameter -> prefixes.add(parameter.key() + "="));
        }
      }
    } else if (equals < 0) {
      prefixes.add(taken + "=");
    } else {
      String key = taken.substring(0, equals + 1);
      return words.stream().map(word -> word.startsWith(key) ? taken : word).toList();
    }
    return words.stream()
        .filter(word -> !word.equals(taken) && prefixes.stream().noneMatch(word::startsWith))
        .toList();
  }

  /**
   * The options and keys that the cases take away, as {@code NAME key}; NAME is that of the file.
   */
  static Set<String> taken(List<ClientCase> cases) {
    Set<String> taken = new TreeSet<>();
    for (ClientCase clientCase : cases) {
      for (String word : clientCase.takenAway()) {
        boolean valued = !word.startsWith("-") && word.contains("=");
        String key = valued ? word.substring(0, word.indexOf('=')) : word;
        taken.add(clientCase.name() + " " + key);
      }
    }
    return taken;
  }

  /** The keys that a layer declares, in the same form. */
  static Set<String> wanted(String name, List<Parameter<?>> parameters) {
    Set<String> wanted = new TreeSet<>();
    for (Parameter<?> parameter : parameters) {
      wanted.add(name + " " + parameter.key());
    }
    return wanted;
  }
}
