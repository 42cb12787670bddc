package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics of a server at one moment.
 *
 * @param text in the format of Prometheus
 */
record Scraped(String text) {

  private static final Pattern ADDRESS = Pattern.compile("status page at (http://\\S+)");

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** Those of a server that runs with {@code -v --metrics=:0}. */
  static Scraped of(Server server) throws IOException, InterruptedException {
    return new Scraped(get(page(server).resolve("metrics")).body());
  }

  /** The status page of such a server. */
  static URI page(Server server) throws IOException {
    Matcher address = ADDRESS.matcher(server.errors());
    assertThat(address.find()).as(server.errors()).isTrue();
    return URI.create(address.group(1));
  }

  static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return CLIENT.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The value of a sample: a name, and its labels. */
  long value(String sample) {
    return (long)
        text.lines()
            .filter(line -> line.startsWith(sample + " "))
            .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + sample + " in\n" + text));
  }
}
