package org.nbdcore.metrics.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nbdcore.metrics.status.ServerStatus;
import org.nbdcore.metrics.status.ServerStatus.ConnectionView;
import org.nbdcore.metrics.status.ServerStatus.ExportView;
import org.nbdcore.metrics.status.ServerStatus.MessageView;
import org.nbdcore.metrics.status.ServerStatus.Rates;

/** What nbd-core top draws. */
final class ScreenTest {

  private static final Rates RATES = new Rates(104857600, 0, List.of(), List.of());

  private static ExportView export(String name) {
    return export(name, 1, 0, 0);
  }

  private static ExportView export(String name, int connections, long data, long dataRead) {
    return new ExportView(
        name,
        "",
        "running",
        null,
        connections,
        1 << 30,
        1 << 28,
        data,
        dataRead,
        61L,
        100,
        0,
        3,
        1 << 28,
        0,
        RATES);
  }

  private static ServerStatus status(List<ExportView> exports) {
    return new ServerStatus(
        "0.1.0",
        "nbd-core",
        "running",
        "",
        false,
        3725,
        1 << 20,
        512 << 20,
        12,
        2,
        RATES,
        exports,
        List.of(
            new ConnectionView(
                7, "10.0.0.9:51000", "CN=backup", true, "a", 61, 0, 5, 0, 3, 1 << 28, 0)),
        List.of(
            new MessageView(5, "error", "file: error: read of 512 bytes at 0: \033[2Jcut\nnow")));
  }

  @Test
  void theStatusIsShownAndControlCharactersAreReplaced() {
    ServerStatus status = status(List.of(export("a"), export("\033]0;evil\007\u202ename")));
    List<String> lines =
        new Screen(120, 100, false).lines(ServerStatus.parse(status.toJson())); // as it is sent
    assertThat(lines.get(0))
        .isEqualTo(
            "nbd-core: running, up 1 h 2 min, 1 clients, read 100.0 MiB/s, written 0.0 MiB/s,"
                + " buffers 1.0 MiB of 512 MiB");
    assertThat(lines)
        .anyMatch(line -> line.startsWith("a ") && line.contains("[#####---------------]  25.0 %"))
        .anyMatch(line -> line.contains("1 min 1 s"))
        .anyMatch(line -> line.startsWith("?]0;evil??name"))
        .anyMatch(line -> line.contains("10.0.0.9:51000 CN=backup"))
        .anyMatch(line -> line.endsWith("ago: file: error: read of 512 bytes at 0: ?[2Jcut?now"))
        .allMatch(line -> line.chars().noneMatch(Character::isISOControl));
  }

  /** As on the status page. */
  @Test
  void theDataReadIsShownBelowTheProgress() {
    long mib = 1 << 20;
    List<String> lines =
        new Screen(120, 100, false)
            .lines(
                status(
                    List.of(
                        export("copied", 1, 5 * mib, 3 * mib + mib / 2),
                        export("unasked", 1, 0, 7),
                        export("reread", 1, mib, 9 * mib),
                        export("left", 0, mib, mib))));
    int first = lines.indexOf(lines.stream().filter(l -> l.startsWith("copied")).findAny().get());
    int column = lines.get(first).indexOf('[');
    String below = " ".repeat(column) + "data: ";
    assertThat(lines.get(first + 1)).isEqualTo(below + "3.5 MiB of 5.0 MiB");
    assertThat(lines.get(first + 2)).startsWith("unasked");
    assertThat(lines.get(first + 3)).startsWith("reread");
    assertThat(lines.get(first + 4)).isEqualTo(below + "1.0 MiB of 1.0 MiB");
    assertThat(lines.get(first + 5)).startsWith("left");
    assertThat(lines.get(first + 6)).isEmpty();
  }

  @Test
  void linesAndRowsFitTheTerminal() {
    List<ExportView> many =
        IntStream.range(0, 50).mapToObj(i -> export("export" + i + "-of-a-long-name")).toList();
    List<String> lines = new Screen(80, 24, true).lines(status(many));
    assertThat(lines).hasSize(24);
    assertThat(lines.get(23)).startsWith("… ").endsWith(" more lines");
    assertThat(lines)
        .allMatch(line -> line.replaceAll("\033\\[\\d+m", "").length() <= 80)
        .anyMatch(line -> line.startsWith("\033[7mEXPORT"));
  }
}
