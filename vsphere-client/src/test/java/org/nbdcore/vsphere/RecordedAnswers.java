package org.nbdcore.vsphere;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** The answers of a fake vCenter to all calls that {@link SoapRepliesFuzz#use} makes. */
final class RecordedAnswers {

  private static final int SIZE = 1 << 20;
  private static final int SESSIONS = 12;

  private final Map<String, List<byte[]>> answers = new HashMap<>();

  private RecordedAnswers() {}

  /** Answers by the text of the call, and by the operation's name. */
  static Map<String, List<byte[]>> record() throws IOException {
    Path folder = Files.createTempDirectory("recorded-answers");
    try (FakeVsphere vsphere = FakeVsphere.start(new NfcFaults())) {
      vsphere.machine(machine(folder)).pageSize(1);
      vsphere.machine(new FakeMachine("vm-17", "db", folder, SIZE, true));
      RecordedAnswers recorded = new RecordedAnswers();
      VsphereOptions options =
          VsphereOptions.of("localhost")
              .withPort(vsphere.port())
              .withLogin(FakeVsphere.USER, FakeVsphere.PASSWORD.toCharArray());
      HttpClient http =
          HttpClient.newBuilder().sslContext(PinnedTrust.context(vsphere.thumbprint())).build();
      MemoryHttp recorder = new MemoryHttp(request -> recorded.pass(http, request));
      for (int seed = 0; seed < SESSIONS; seed++) {
        try (VsphereClient client =
            VsphereClient.connect(new SoapTransport(options.own(), recorder))) {
          SoapRepliesFuzz.use(client, new Random(seed));
        }
      }
      return recorded.answers;
    } finally {
      delete(folder);
    }
  }

  private static FakeMachine machine(Path folder) throws IOException {
    FakeMachine machine = new FakeMachine("vm-16", "web", folder, SIZE, false).addDisk(SIZE);
    machine.track().guestWrites(ByteBuffer.allocate(512).putLong(0, 1), 1 << 17);
    machine.leaveSnapshot("before", "by hand");
    return machine;
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> found = Files.walk(folder)) {
      found.sorted(Comparator.reverseOrder()).forEach(all::add);
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  private MemoryHttp.Answer pass(HttpClient http, HttpRequest request) {
    String body = request.method().equals("POST") ? ApiFuzz.body(request) : "";
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (!body.isEmpty()) {
        ApiFuzz.keep(answers, body, response.body());
      }
      return new MemoryHttp.Answer(
          response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
