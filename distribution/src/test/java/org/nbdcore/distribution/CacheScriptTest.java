package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions of the launcher's scripts that manage the start-up cache. */
class CacheScriptTest {

  /** What launcher.sh has set before it asks for a cache. */
  private static final String SETTINGS =
      """
      set -u
      _nbd_home=$1 _nbd_java_home=$2
      . "$3/cache.sh"
      _nbd_java_version=25.0.1 _nbd_java_major=25 _nbd_options=-Xa _nbd_class_path=a.jar _nbd_jars=7
      _nbd_relevant=
      unset NBD_CORE_CACHE NBD_CORE_JAVA_OPTS JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
      """;

  private static final String SCRIPTS = Path.of("src/main/sh").toAbsolutePath().toString();

  @TempDir Path home;

  @Test
  void aDistributionWithItsOwnJavaMayBeMovedWithItsCache() throws Exception {
    String script = "name_cache nbd-core cache; echo \"$_nbd_made_for\"";
    assertThat(run(home + "/runtime", script)).isEqualTo("runtime 25.0.1 7");
    assertThat(run("/usr/lib/jvm/java-25", script))
        .isEqualTo("/usr/lib/jvm/java-25 25.0.1 " + home + " 7");
  }

  /**
   * The training ends immediately in the first case. In the second case it ends only after the
   * command has started.
   */
  @Test
  void commandWaitsForTheCacheOnlyWithCacheWait() throws Exception {
    String waiting = "train() { echo trained; }; NBD_CORE_CACHE_WAIT=yes; exec 3>&1; ";
    String trained =
        waiting + "train() { echo \"$1\" >&3; }; use_cache nbd-core Main; echo started";
    assertThat(run("/jvm", trained).lines()).containsExactly("nbd-core", "started");
    String fifo = home.resolve("fifo").toString();
    String background =
        "unset NBD_CORE_CACHE_WAIT; mkfifo "
            + fifo
            + "; exec 3>&1; "
            + "train() { read -r line <"
            + fifo
            + "; echo \"$line\" >&3; }; "
            + "use_cache nbd-core Main; echo started >&3; echo trained >"
            + fifo;
    assertThat(run("/jvm", background).lines()).containsExactly("started", "trained");
  }

  /** On a busy machine, a process with the lowest priority takes minutes for a second of work. */
  @Test
  void trainingHasNormalPriorityIfTheCommandWaits() throws Exception {
    String train =
        "_nbd_cache="
            + home
            + "/cache/nbd-core.aot; make_cache() { echo \"run $_nbd_run\"; return 1; }; "
            + "train nbd-core Main";
    assertThat(run("/jvm", "unset NBD_CORE_CACHE_WAIT; " + train)).contains("nice -n 19");
    assertThat(run("/jvm", "NBD_CORE_CACHE_WAIT=yes; " + train))
        .startsWith("run")
        .doesNotContain("nice");
  }

  @Test
  void jvmVerifiesTheCacheOncePerBootAndFolder() throws Exception {
    String script =
        """
        cache_is_usable() { return 0; }
        use_cache nbd-core Main
        echo "$_nbd_options"
        echo "$_nbd_check" >"$_nbd_cache.checked"
        _nbd_options=-Xa
        use_cache nbd-core Main
        echo "$_nbd_options"
        mv "$_nbd_cache.checked" "$_nbd_home/checked"
        sed s/cache/place/ "$_nbd_home/checked" >"$_nbd_cache.checked"
        _nbd_options=-Xa
        use_cache nbd-core Main
        echo "$_nbd_options"
        sed s/^./x/ "$_nbd_home/checked" >"$_nbd_cache.checked"
        _nbd_options=-Xa
        use_cache nbd-core Main
        echo "$_nbd_options"
        """;
    String verified = "-Xa -XX:+VerifySharedSpaces";
    assertThat(run("/jvm", "mkdir \"$_nbd_home/cache\"; " + script).lines())
        .containsExactly(verified, "-Xa", verified, verified);
  }

  /** A JVM that writes only a part of each file, as on a full disk. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void failedTrainingLeavesOnlyItsFailureMarker(int status) throws Exception {
    Path java =
        Files.writeString(
            home.resolve("java"),
            """
            #!/bin/sh
            for word; do
              case $word in
                -XX:AOTCacheOutput=*)
                  echo half >"${word#*=}"
                  echo half >"${word#*=}.config"
                  exit %d
                  ;;
              esac
            done
            exit 1 # what is half there cannot be used
            """
                .formatted(status));
    assertThat(java.toFile().setExecutable(true)).isTrue();
    String train =
        "_nbd_java=$_nbd_home/java; name_cache nbd-core \"$_nbd_home/cache\"; "
            + "(train nbd-core org.nbdcore.cli.Main --version); "
            + "ls -A \"$_nbd_home/cache\"";
    assertThat(run("/jvm", train)).isEqualTo("nbd-core-jvm-25.0.1.aot.failed");
  }

  private String run(String javaHome, String script) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            "_nbd_launcher=$3/x/y\n" + SETTINGS + script,
            "sh",
            home.toString(),
            javaHome,
            SCRIPTS);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text.strip();
  }
}
