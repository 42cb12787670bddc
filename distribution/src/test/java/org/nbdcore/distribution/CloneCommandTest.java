package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When {@code bin/nbd-core} of a clone builds the project. A fake Maven records each build. */
final class CloneCommandTest {

  private static final Path COMMAND = Path.of("..", "bin", "nbd-core");

  @TempDir Path folder;

  private Path clone;
  private Path tools;
  private Path head;
  private Path source;
  private Path archive;
  private Path builds;

  @BeforeEach
  void makeClone() throws IOException {
    clone = folder.resolve("clone");
    tools = Files.createDirectories(folder.resolve("tools"));
    builds = folder.resolve("builds");
    archive = clone.resolve("distribution/target/nbd-core-1.0.tar.gz");
    Files.createDirectories(clone.resolve("bin"));
    Files.copy(COMMAND, clone.resolve("bin/nbd-core"));
    executable(clone.resolve("bin/nbd-core"));
    head = write(clone.resolve(".git/logs/HEAD"), "cloned\n");
    source = write(clone.resolve("nbd-core/src/main/java/A.java"), "class A {}\n");
    executable(write(tools.resolve("javac"), "#!/bin/sh\n"));
    executable(
        write(
            tools.resolve("mvn"),
            "#!/bin/sh\n"
                + ("echo built >>'" + builds + "'\n")
                + "mkdir -p distribution/target/nbd-core-1.0/bin\n"
                + "printf '#!/bin/sh\\n"
                + "echo ran \"$@\"\\n"
                + "' >distribution/target/nbd-core-1.0/bin/nbd-core\n"
                + "chmod +x distribution/target/nbd-core-1.0/bin/nbd-core\n"
                + "[ -e distribution/target/nbd-core-1.0.tar.gz ] || echo"
                + " >distribution/target/nbd-core-1.0.tar.gz\n"));
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void run() throws Exception {
    run(tools + ":" + System.getenv("PATH"));
  }

  private void run(String path) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(clone.resolve("bin/nbd-core").toString(), "memory", "1M");
    builder.environment().put("PATH", path);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed).endsWith("ran memory 1M\n");
  }

  private int builds() throws IOException {
    return Files.readAllLines(builds).size();
  }

  /** Sets the time of a file to so many seconds after the build. */
  private void setTimeAfterBuild(Path file, int seconds) throws IOException {
    Instant built = Files.getLastModifiedTime(archive).toInstant();
    Files.setLastModifiedTime(file, FileTime.from(built.plus(Duration.ofSeconds(seconds))));
  }

  @Test
  void missingBuildIsMadeOnce() throws Exception {
    run();
    run();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void sourcesChangedByGitAreRebuilt() throws Exception {
    run();
    Files.writeString(head, "pulled\n", StandardOpenOption.APPEND);
    setTimeAfterBuild(archive, -60); // the build is a minute old
    run();
    assertThat(builds()).isEqualTo(2);
    run();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void newHeadWithUnchangedSourcesIsNotRebuilt() throws Exception {
    run();
    setTimeAfterBuild(source, -60);
    setTimeAfterBuild(head, 60);
    run();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void manualEditIsNotRebuilt() throws Exception {
    run();
    setTimeAfterBuild(head, -60);
    setTimeAfterBuild(source, 60);
    run();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void wrapperBuildsIfMavenIsMissing() throws Exception {
    Files.move(tools.resolve("mvn"), clone.resolve("mvnw"));
    for (String name : List.of("sh", "find", "head", "touch", "readlink", "mkdir", "chmod")) {
      Files.createSymbolicLink(tools.resolve(name), installed(name));
    }
    run(tools.toString());
    assertThat(builds()).isEqualTo(1);
  }

  private static Path installed(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
