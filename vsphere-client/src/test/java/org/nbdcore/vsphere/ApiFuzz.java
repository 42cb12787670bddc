package org.nbdcore.vsphere;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.testkit.vsphere.InputRandom;
import org.nbdcore.testkit.vsphere.MessageMutator;

/**
 * A target for Jazzer: a session with a vCenter whose answers are damaged. The input says what the
 * client asks, and how each answer is damaged. All happens in memory, with answers recorded from
 * the fake vCenter; {@link SoapRepliesFuzz} does the same over HTTPS.
 */
public final class ApiFuzz {

  private static final Pattern OPERATION = Pattern.compile("<soapenv:Body><(\\w+)");
  private static final String[] SIZES = {
    "1048576", "0", "-1", "99999999999999999999", "x", "", "9223372036854775807"
  };
  private static final String[] COOKIES = {"\"a\"", "", "\u0001", "\u20ac", "x".repeat(20_000)};
  private static final Map<String, List<byte[]>> ANSWERS = record();

  private final InputRandom random;
  private final UnaryOperator<byte[]> mutator;
  private final Map<String, Integer> callCounts = new HashMap<>();

  private ApiFuzz(byte[] input) {
    random = new InputRandom(input);
    int oneIn = 1 + random.nextInt(30);
    mutator =
        random.nextInt(4) == 0 ? new MessageMutator(random, oneIn) : new XmlMutator(random, oneIn);
  }

  private static Map<String, List<byte[]>> record() {
    try {
      return RecordedAnswers.record();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Called by Jazzer, and by ApiCorpusTest for what it found. */
  public static void fuzzerTestOneInput(byte[] input) {
    ApiFuzz fuzz = new ApiFuzz(input);
    VsphereOptions options =
        VsphereOptions.of("localhost").withLogin("user", "password".toCharArray()).own();
    SoapTransport transport = new SoapTransport(options, new MemoryHttp(fuzz::answer));
    try (VsphereClient client = VsphereClient.connect(transport)) {
      SoapRepliesFuzz.use(client, fuzz.random);
    } catch (IOException e) {
      // a damaged session may end this way
    } finally {
      options.wipe();
    }
  }

  private MemoryHttp.Answer answer(HttpRequest request) {
    if (request.method().equals("HEAD")) {
      return new MemoryHttp.Answer(
          200, Map.of("Content-Length", List.of(SIZES[oneOf(SIZES)])), new byte[0]);
    }
    if (request.method().equals("GET")) {
      return new MemoryHttp.Answer(206, Map.of(), mutator.apply(new byte[4096]));
    }
    String body = body(request);
    byte[] answer = mutator.apply(recorded(body));
    String text = new String(answer, StandardCharsets.UTF_8);
    return new MemoryHttp.Answer(
        text.contains("Fault>") ? 500 : 200,
        Map.of("Set-Cookie", List.of("vmware_soap_session=" + COOKIES[oneOf(COOKIES)])),
        answer);
  }

  /** The first one, if the input has ended or does not want another. */
  private int oneOf(String[] texts) {
    return random.nextInt(8) == 0 ? random.nextInt(texts.length) : 0;
  }

  private byte[] recorded(String body) {
    List<byte[]> answers = ANSWERS.get(body);
    if (answers == null) { // damaged answers lead to other calls
      Matcher operation = OPERATION.matcher(body);
      answers = operation.find() ? ANSWERS.get(operation.group(1)) : null;
    }
    if (answers == null) {
      return new byte[0];
    }
    int turn = callCounts.merge(body, 1, Integer::sum) - 1;
    return answers.get(Math.min(turn, answers.size() - 1));
  }

  /** The text of a call. */
  static String body(HttpRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    request
        .bodyPublisher()
        .orElseThrow()
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(ByteBuffer part) {
                byte[] some = new byte[part.remaining()];
                part.get(some);
                bytes.writeBytes(some);
              }

              @Override
              public void onError(Throwable failure) {
                throw new IllegalStateException(failure);
              }

              @Override
              public void onComplete() {
                // the caller takes the bytes
              }
            });
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Keeps an answer under the call and under its operation. */
  static void keep(Map<String, List<byte[]>> answers, String body, byte[] answer) {
    answers.computeIfAbsent(body, key -> new ArrayList<>()).add(answer);
    Matcher operation = OPERATION.matcher(body);
    if (operation.find()) {
      answers.computeIfAbsent(operation.group(1), key -> new ArrayList<>()).add(answer);
    }
  }
}
