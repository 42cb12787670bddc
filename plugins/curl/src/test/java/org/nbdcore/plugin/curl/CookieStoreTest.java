package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cookies set by servers, cookie files and cookie jars. */
@Timeout(60)
final class CookieStoreTest {

  private static final long FAR = 32_503_680_000L; // the year 3000

  @TempDir private Path folder;
  @AutoClose private WebServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new WebServer();
    server.answer =
        exchange -> {
          exchange
              .getResponseHeaders()
              .add("Set-Cookie", "session=" + server.seen.size() + "; Path=/");
          return false;
        };
  }

  private List<String> sent(String... parameters) throws Exception {
    String[] all = Arrays.copyOf(parameters, parameters.length + 1);
    all[parameters.length] = "url=" + server.url();
    server.seen.clear();
    try (StartedDisk disk = new StartedDisk(all)) {
      disk.read(0, 1);
    }
    return server.seen.stream().map(seen -> String.valueOf(seen.header("Cookie"))).toList();
  }

  @Test
  void serverCookiesAreKeptOnlyWithCookiefile() throws Exception {
    assertThat(sent()).containsExactly("null", "null");
    assertThat(sent("cookiefile=")).containsExactly("null", "session=1");
    assertThat(sent("cookiefile=", "cookie=a=b")).containsExactly("a=b", "a=b; session=1");
  }

  @Test
  void cookieFileIsReadInNetscapeAndHeaderFormat() throws Exception {
    Path file = folder.resolve("cookies");
    Files.write(
        file,
        List.of(
            "# Netscape HTTP Cookie File",
            "",
            "not a cookie",
            "localhost\tFALSE\t/\tFALSE\t" + FAR + "\tone\t1",
            "#HttpOnly_localhost\tFALSE\t/\tFALSE\t0\ttwo\t2",
            "localhost\tFALSE\t/\tFALSE\t1\told\tgone",
            "localhost\tFALSE\t/\tTRUE\t" + FAR + "\tsecure\tno",
            "elsewhere.invalid\tFALSE\t/\tFALSE\t" + FAR + "\tother\tno",
            "Set-Cookie: three=3; path=/"));
    assertThat(sent("cookiefile=" + file).get(0).split("; "))
        .containsExactlyInAnyOrder("one=1", "two=2", "three=3");
    assertThat(Files.readAllLines(file)).hasSize(9);
  }

  @Test
  void cookieJarIsWrittenOnCloseAndReadAgain() throws Exception {
    Path jar = folder.resolve("jar");
    assertThat(sent("cookiejar=" + jar)).containsExactly("null", "session=1");
    assertThat(Files.readAllLines(jar)).contains("localhost\tFALSE\t/\tFALSE\t0\tsession\t2");
    assertThat(sent("cookiejar=" + jar)).containsExactly("session=2", "session=1");
    assertThat(folder.toFile().list()).containsExactly("jar");
    assertThat(Files.getPosixFilePermissions(jar)).hasSize(2);
  }

  @Test
  void onlyTheNewestServerCookiesAreKept() throws Exception {
    Path file = folder.resolve("cookies");
    Files.write(file, List.of("Set-Cookie: own=1; path=/"));
    URI uri = URI.create("http://host.invalid/disk");
    CookieStore store = CookieStore.keeping(() -> List.of(), uri, List.of(file), Optional.empty());
    int most = 300;
    for (int i = 0; i < 2 * most; i++) {
      HttpResponse response = new BasicHttpResponse(200);
      response.addHeader("Set-Cookie", "n" + i + "=1; Path=/");
      response.addHeader("Set-Cookie", "again=" + i + "; Path=/");
      response.addHeader("Set-Cookie", "long=" + "x".repeat(4096) + "; Path=/");
      store.take(uri, response);
    }
    List<String> sent = List.of(store.header(uri, true).orElseThrow().split("; "));
    assertThat(sent)
        .hasSize(1 + most)
        .contains("own=1", "again=" + (2 * most - 1), "n" + (most + 1) + "=1")
        .contains("n" + (2 * most - 1) + "=1")
        .doesNotContain("n" + most + "=1");
  }
}
