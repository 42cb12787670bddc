package org.nbdcore.cli.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;

/** Lines for machines: JSON, and the levels of the journal. */
final class JsonLogTest {

  /** Text that an encoder may get wrong; lone surrogates are not, as UTF-8 cannot contain them. */
  private static final List<String> PIECES =
      List.of(
          "\"",
          "\\",
          "\n",
          "\r\n",
          "\t",
          "\u0000",
          "\u001b[2J",
          "\u007f",
          "\u0085",
          "ä",
          "\u2028",
          "\ud83d\ude00",
          "{}",
          "a");

  @TempDir Path folder;

  @AutoClose private final CapturedErr err = new CapturedErr();

  private List<JsonObject> objects() {
    return err.text().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  private static LogHandler log(LogDestination destination, boolean verbose) throws IOException {
    return LogHandler.install("p[in]", "x", destination, verbose, LogFormat.JSON, Map.of());
  }

  private static String string(JsonObject object, String member) {
    return object.get(member).getAsString();
  }

  @Test
  void eachLineIsOneJsonObjectWithTheKnownMembers() throws IOException {
    Instant before = Instant.now().minus(Duration.ofSeconds(1));
    try (LogHandler log = log(LogDestination.STDERR, true)) {
      Log.of("").warn("no certificates");
      ConnectionContext.set(new Connection(7, "disk \"1\""));
      Log.of("vddk").error("it failed", new IllegalStateException("deep\ndown"));
      ConnectionContext.set(new Connection(8, null));
      Log.of("file").debug("opened");
      assertThat(log.enabled(Log.Level.DEBUG)).isTrue();
    }
    List<JsonObject> lines = objects();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).keySet()).containsExactly("time", "level", "program", "message");
    assertThat(string(lines.get(0), "level")).isEqualTo("warning");
    assertThat(string(lines.get(0), "program")).isEqualTo("p[in]");
    assertThat(Instant.parse(string(lines.get(0), "time"))).isBetween(before, Instant.now());
    JsonObject error = lines.get(1);
    assertThat(error.keySet())
        .containsExactly(
            "time", "level", "program", "layer", "connection", "export", "message", "throwable");
    assertThat(string(error, "level")).isEqualTo("error");
    assertThat(string(error, "layer")).isEqualTo("vddk");
    assertThat(error.get("connection").getAsLong()).isEqualTo(7);
    assertThat(string(error, "export")).isEqualTo("disk \"1\"");
    assertThat(string(error, "message")).isEqualTo("it failed");
    assertThat(string(error, "throwable"))
        .startsWith(
            "java.lang.IllegalStateException: deep\ndown\n\tat " + JsonLogTest.class.getName());
    assertThat(lines.get(2).has("export")).isFalse();
    assertThat(string(lines.get(2), "level")).isEqualTo("debug");
  }

  @Test
  void anyTextIsEncodedWithoutChange() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    StringBuilder message = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      message.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    try (LogHandler log = log(LogDestination.STDERR, false)) {
      log.log(Log.Level.ERROR, "x", message.toString(), null);
      log.log(Log.Level.ERROR, "x", "\"".repeat(5000), null);
    }
    assertThat(err.text().lines()).as("seed %d", seed).hasSize(2);
    assertThat(string(objects().get(0), "message"))
        .as("seed %d", seed)
        .isEqualTo(message.toString());
    assertThat(string(objects().get(1), "message")).hasSizeBetween(4096, 4200);
  }

  @Test
  void aLogFileHasJsonLinesAndObserversGetText() throws Exception {
    Path file = folder.resolve("log");
    StringBuilder observed = new StringBuilder();
    try (LogHandler log = log(LogDestination.parse(file.toString(), false), false)) {
      log.observe((level, line) -> observed.append(level).append(' ').append(line));
      Log.of("x").error("trouble");
      Log.of("x").debug("hidden");
      log.report("a\nb", "half of it");
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    JsonObject report = JsonParser.parseString(lines.get(1)).getAsJsonObject();
    assertThat(string(report, "level")).isEqualTo("info");
    assertThat(string(report, "export")).isEqualTo("a\nb");
    assertThat(observed).hasToString("ERROR error: trouble");
    assertThat(err.text()).isEmpty();
  }

  @Test
  void aLogFileThatCanNoLongerBeWrittenIsReportedInJson() throws Exception {
    Path file = Files.createDirectory(folder.resolve("d")).resolve("log");
    try (LogHandler log = log(LogDestination.parse(file.toString(), false), false)) {
      Files.delete(file);
      Files.delete(file.getParent());
      log.log(Log.Level.ERROR, "x", "trouble", null);
    }
    // other tests may have left logs that report the same
    assertThat(err.text())
        .contains("\"program\":\"p[in]\",\"message\":\"--log: cannot write to " + file);
  }

  @Test
  void theJournalGetsTheLevelBeforeEachLine() throws IOException {
    LineShape shape = new LineShape("p", new TextLines("x"), true);
    Log4jSink sink = Log4jSink.open(shape, LogDestination.STDERR);
    for (Log.Level level : Log.Level.values()) {
      sink.write(level == Log.Level.DEBUG, level, "m");
    }
    sink.close();
    assertThat(err.text()).isEqualTo("<7>p: m\n<6>p: m\n<4>p: m\n<3>p: m\n");
    assertThat(shape.standardError(Log.Level.ERROR, "m", null)).isEqualTo("<3>p: error: m");
  }

  @Test
  void onlyTheStreamThatSystemdNamesIsTheJournal() throws IOException {
    Path stream = Files.createFile(folder.resolve("stream"));
    Map<String, Object> file = Files.readAttributes(stream, "unix:dev,ino");
    String name = file.get("dev") + ":" + file.get("ino");
    assertThat(Journal.is(stream, Map.of("JOURNAL_STREAM", name))).isTrue();
    assertThat(Journal.is(stream, Map.of("JOURNAL_STREAM", name + "0"))).isFalse();
    assertThat(Journal.is(stream, Map.of("JOURNAL_STREAM", ""))).isFalse();
    assertThat(Journal.is(stream, Map.of())).isFalse();
    assertThat(Journal.is(folder.resolve("gone"), Map.of("JOURNAL_STREAM", name))).isFalse();
  }

  @Test
  void anUnknownLogFormatIsAnError() throws ConfigException {
    assertThat(LogFormat.parse("json")).isEqualTo(LogFormat.JSON);
    assertThatThrownBy(() -> LogFormat.parse("xml"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("--log-format must be text or json, not 'xml'");
  }

  private record Connection(long number, String exportName) implements ConnectionContext.Label {}
}
