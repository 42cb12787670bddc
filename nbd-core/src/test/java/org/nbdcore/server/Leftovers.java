package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a server could leave behind in its process.
 *
 * @param threads names of the server's threads
 * @param descriptors how many sockets, selectors and pipes are open; 0 where the system does not
 *     tell
 */
record Leftovers(Set<String> threads, long descriptors) {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  static Leftovers now() throws IOException {
    ServerSocketChannel.open().close(); // the first one leaves a descriptor of the JDK's behind
    Set<String> threads =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("nbd-"))
            .collect(Collectors.toSet());
    if (!Files.isDirectory(DESCRIPTORS)) {
      return new Leftovers(threads, 0);
    }
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return new Leftovers(threads, open.filter(Leftovers::isChannel).count());
    }
  }

  private static boolean isChannel(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:")
          || target.startsWith("pipe:")
          || target.startsWith("anon_inode:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** Fails if there is something that was not there {@code before}. */
  void assertNoMoreThan(Leftovers before) {
    assertThat(threads).as("threads").isSubsetOf(before.threads);
    assertThat(descriptors).as("descriptors").isLessThanOrEqualTo(before.descriptors);
  }
}
