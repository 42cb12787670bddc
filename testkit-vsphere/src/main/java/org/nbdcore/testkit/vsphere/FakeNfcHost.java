package org.nbdcore.testkit.vsphere;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A fake host that serves disks as ESXi does on port 902. It listens on a free port of the loopback
 * address.
 */
public final class FakeNfcHost implements Closeable {

  private final ServerSocket server;
  private final NfcFaults faults;
  private final Map<String, FakeDisk> disks = new ConcurrentHashMap<>();
  private final List<FakeMachine> machines = new CopyOnWriteArrayList<>();

  /** Unused tickets, each with whether it permits writing. */
  private final Map<String, Boolean> tickets = new ConcurrentHashMap<>();

  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final String service;

  private FakeNfcHost(ServerSocket server, NfcFaults faults, String service) {
    this.server = server;
    this.faults = faults;
    this.service = service;
  }

  /** Starts a host behind a vCenter. */
  public static FakeNfcHost start(NfcFaults faults) throws IOException {
    return start(faults, "vpxa-nfc");
  }

  /**
   * Starts a host.
   *
   * @param service {@code vpxa-nfc} for a host behind a vCenter, {@code nfc} for a standalone host
   */
  public static FakeNfcHost start(NfcFaults faults, String service) throws IOException {
    FakeNfcHost host =
        new FakeNfcHost(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), faults, service);
    thread("fake-nfc-accept", host::accept);
    return host;
  }

  static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.add(socket);
        thread("fake-nfc-connection", () -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      FakeAuthd.serve(socket, this);
    } catch (Violation e) {
      violations.add(e.getMessage());
    } catch (IOException e) {
      events.add("connection ended: " + e.getMessage());
    } finally {
      connections.remove(socket);
    }
  }

  /** Returns the port that stands in for 902. */
  public int port() {
    return server.getLocalPort();
  }

  /** Returns the service that tickets name. */
  public String service() {
    return service;
  }

  /** Returns the thumbprint that tickets name. */
  public String thumbprint() {
    return Certificate.HOST.thumbprint("SHA-1");
  }

  /** Adds a disk under its path. */
  public FakeNfcHost disk(String path, FakeDisk disk) {
    disks.put(path, disk);
    return this;
  }

  /** Issues a ticket for one connection. */
  public String issueTicket(boolean writable) {
    String id = UUID.randomUUID().toString();
    if (!faults.ticketsRefused) {
      tickets.put(id, writable);
    }
    return id;
  }

  /** Returns what clients have done that the known facts do not allow. */
  public List<String> violations() {
    return violations;
  }

  /** Returns the events so far: files opened and closed, sessions that ended cleanly. */
  public List<String> events() {
    return events;
  }

  /** Returns the number of open connections. */
  public int connections() {
    return connections.size();
  }

  /** Closes all connections abruptly. */
  public void cut() throws IOException {
    for (Socket socket : connections) {
      socket.close();
    }
  }

  NfcFaults faults() {
    return faults;
  }

  void machine(FakeMachine machine) {
    machines.add(machine);
  }

  FakeDisk disk(String path) {
    for (FakeMachine machine : machines) {
      FakeDisk disk = machine.disk(path);
      if (disk != null) {
        return disk;
      }
    }
    return disks.get(path);
  }

  /** Takes a ticket; returns null if no ticket has this name. */
  Boolean takeTicket(String id) {
    return tickets.remove(id);
  }

  void event(String text) {
    events.add(text);
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  /** Records that a client has broken a rule. */
  static final class Violation extends IOException {
    private static final long serialVersionUID = 1;

    Violation(String message) {
      super(message);
    }
  }
}
