package org.nbdcore.testkit.vsphere;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A fake vCenter that answers the calls needed for copying disks. One host serves the disks of its
 * machines. The vCenter listens on a free port of the loopback address.
 */
public final class FakeVsphere implements Closeable {

  /** Name of the only user. */
  public static final String USER = "administrator@vsphere.local";

  /**
   * The user's password. It contains characters that XML treats specially, and some that are not
   * ASCII.
   */
  public static final String PASSWORD = "s3<r&t\"é€";

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(FakeVsphere::daemon);
  private final NfcFaults faults;
  private volatile FakeNfcHost host;
  private final Map<String, FakeMachine> machines = new ConcurrentHashMap<>();
  private final Set<String> sessions = ConcurrentHashMap.newKeySet();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final AtomicInteger tasks = new AtomicInteger();
  private final Map<String, FakeTask> taskResults = new ConcurrentHashMap<>();
  private volatile int pageSize = 100;
  private volatile UnaryOperator<byte[]> mutator = UnaryOperator.identity();
  private volatile Path datastores;
  private volatile String fileSize;
  private volatile Runnable beforeRange = () -> {};

  /** The result of a task: an object or a fault. */
  record FakeTask(String result, String fault) {}

  private FakeVsphere(HttpsServer server, NfcFaults faults) throws IOException {
    this.server = server;
    this.faults = faults;
    this.host = FakeNfcHost.start(faults);
  }

  /** Starts a vCenter with a host that has the given faults. */
  public static FakeVsphere start(NfcFaults faults) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setHttpsConfigurator(new HttpsConfigurator(Certificate.HOST.context()));
    FakeVsphere fake = new FakeVsphere(server, faults);
    server.createContext("/sdk", new FakeSoap(fake)::handle);
    server.createContext("/folder", new FakeFolder(fake)::handle);
    server.setExecutor(fake.threads);
    server.start();
    return fake;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "fake-vsphere");
    thread.setDaemon(true);
    return thread;
  }

  /** Adds a machine. */
  public FakeVsphere machine(FakeMachine machine) {
    machines.put(machine.id(), machine);
    host.machine(machine);
    return this;
  }

  /**
   * Moves all machines to another host, which listens on another port. Closes the connections to
   * the old host.
   */
  public void moveToAnotherHost() throws IOException {
    FakeNfcHost old = host;
    FakeNfcHost fresh = FakeNfcHost.start(faults);
    machines.values().forEach(fresh::machine);
    host = fresh;
    old.close();
  }

  /** Ends all sessions, as a vCenter does after half an hour without a call. */
  public void endSessions() {
    sessions.clear();
  }

  /** Sets the maximum number of objects in one answer. */
  public FakeVsphere pageSize(int value) {
    pageSize = value;
    return this;
  }

  /** Changes the XML of every answer before the server sends it. */
  public FakeVsphere mutator(UnaryOperator<byte[]> value) {
    mutator = value;
    return this;
  }

  /**
   * Serves the files below a folder over HTTPS, before those of the machines: {@code [store] web/x}
   * is {@code store/web/x} there.
   */
  public FakeVsphere datastores(Path folder) {
    datastores = folder;
    return this;
  }

  /** Reports this as the size of every file of a datastore; null for the true sizes. */
  public FakeVsphere fileSize(String value) {
    fileSize = value;
    return this;
  }

  /** Runs before a range of a file is sent, on the thread of that request. */
  public FakeVsphere beforeRange(Runnable value) {
    beforeRange = value;
    return this;
  }

  /** Returns the HTTPS port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Returns the SHA-1 thumbprint of the certificate. */
  public String thumbprint() {
    return Certificate.HOST.thumbprint("SHA-1");
  }

  /**
   * Returns the parameters with which the vddk plugin logs in here.
   *
   * @param folder receives a file with the password
   */
  public List<String> login(Path folder) throws IOException {
    Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    return List.of(
        "server=localhost",
        "port=" + port(),
        "user=" + USER,
        "password=+" + password,
        "thumbprint=" + thumbprint());
  }

  /** Returns the host that serves disks. */
  public FakeNfcHost host() {
    return host;
  }

  /** Returns the names of the calls so far. */
  public List<String> calls() {
    return calls;
  }

  /** Returns what clients have done that the API does not allow. */
  public List<String> violations() {
    return violations;
  }

  /** Returns the number of sessions that have not ended. */
  public int sessions() {
    return sessions.size();
  }

  /** Returns the violations here and at the host, and the sessions that have not ended. */
  public List<String> clientFaults() {
    List<String> faults = new ArrayList<>(violations);
    faults.addAll(host.violations());
    sessions.forEach(session -> faults.add("the session " + session + " has not ended"));
    return faults;
  }

  Map<String, FakeMachine> machines() {
    return machines;
  }

  byte[] mutated(byte[] answer) {
    return mutator.apply(answer);
  }

  Path datastores() {
    return datastores;
  }

  String fileSize() {
    return fileSize;
  }

  void beforeRange() {
    beforeRange.run();
  }

  int pageSize() {
    return pageSize;
  }

  String newSession() {
    String session = "\"" + UUID.randomUUID() + "\"";
    sessions.add(session);
    return session;
  }

  void endSession(String session) {
    sessions.remove(session);
  }

  /** Returns the live session of a request; null if it has none. */
  String session(HttpExchange exchange) {
    String cookie = exchange.getRequestHeaders().getFirst("Cookie");
    if (cookie == null || !cookie.startsWith("vmware_soap_session=")) {
      return null;
    }
    String session = cookie.substring("vmware_soap_session=".length());
    int end = session.indexOf(';');
    session = end < 0 ? session : session.substring(0, end);
    return sessions.contains(session) ? session : null;
  }

  String task(String result, String fault) {
    String task = "task-" + tasks.incrementAndGet();
    taskResults.put(task, new FakeTask(result, fault));
    return task;
  }

  FakeTask task(String id) {
    return taskResults.get(id);
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    host.close();
  }
}
