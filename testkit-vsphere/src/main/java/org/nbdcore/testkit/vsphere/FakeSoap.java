package org.nbdcore.testkit.vsphere;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Receives calls of the API and sends their answers. */
final class FakeSoap {

  private static final String ENVELOPE =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
          + " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
          + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
          + "<soapenv:Body>\n"
          + "%s\n"
          + "</soapenv:Body>\n"
          + "</soapenv:Envelope>";

  /** The server rejects a call. */
  static final class Fault extends Exception {
    private static final long serialVersionUID = 1;
    final String name;

    Fault(String name, String text) {
      super(text);
      this.name = name;
    }
  }

  private final FakeVsphere vsphere;
  private final FakeCalls calls;

  FakeSoap(FakeVsphere vsphere) {
    this.vsphere = vsphere;
    this.calls = new FakeCalls(vsphere);
  }

  void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      String action = String.valueOf(exchange.getRequestHeaders().getFirst("SOAPAction"));
      if (!action.matches("\"urn:vim25/[0-9.]+\"")) {
        vsphere.violations().add("SOAPAction " + action);
      }
      Element call;
      try {
        call = call(request);
      } catch (SAXException | ParserConfigurationException e) {
        vsphere.violations().add("no XML: " + e.getMessage());
        exchange.sendResponseHeaders(400, -1);
        return;
      }
      vsphere.calls().add(call.getLocalName());
      int status = 200;
      String body;
      try {
        body = answer(exchange, call);
      } catch (Fault e) {
        status = 500;
        body =
            "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>"
                + escape(e.getMessage())
                + "</faultstring><detail><"
                + e.name
                + "Fault xmlns=\"urn:vim25\" xsi:type=\""
                + e.name
                + "\"></"
                + e.name
                + "Fault></detail></soapenv:Fault>";
      }
      byte[] answer =
          vsphere.mutated(
              String.format(Locale.ROOT, ENVELOPE, body.replace("%", "%%"))
                  .replace("%%", "%")
                  .getBytes(StandardCharsets.UTF_8));
      exchange.getResponseHeaders().set("Content-Type", "text/xml; charset=utf-8");
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private String answer(HttpExchange exchange, Element call) throws Fault, IOException {
    String name = call.getLocalName();
    boolean open = name.equals("RetrieveServiceContent") || name.equals("Login");
    String session = vsphere.session(exchange);
    if (session == null) {
      // a server may issue a cookie to a client without one; the cookie permits only a login
      setCookie(exchange, "\"stranger\"");
    }
    if (!open && session == null) {
      throw new Fault("NotAuthenticated", "The session is not authenticated.");
    }
    if (name.equals("Login")) {
      String user = text(call, "userName");
      if (!user.equals(FakeVsphere.USER) || !text(call, "password").equals(FakeVsphere.PASSWORD)) {
        throw new Fault(
            "InvalidLogin", "Cannot complete login due to an incorrect user name or password.");
      }
      setCookie(exchange, vsphere.newSession());
    }
    if (name.equals("Logout")) {
      vsphere.endSession(session);
    }
    return "<"
        + name
        + "Response xmlns=\"urn:vim25\">"
        + calls.answer(call)
        + "</"
        + name
        + "Response>";
  }

  private static void setCookie(HttpExchange exchange, String session) {
    exchange
        .getResponseHeaders()
        .set("Set-Cookie", "vmware_soap_session=" + session + "; Path=/; HttpOnly; Secure");
  }

  private Element call(byte[] request)
      throws SAXException, IOException, ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Element envelope =
        factory.newDocumentBuilder().parse(new ByteArrayInputStream(request)).getDocumentElement();
    Element body = child(envelope, "Body");
    for (Node node = body.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        if (!"urn:vim25".equals(element.getNamespaceURI())) {
          vsphere.violations().add("namespace " + element.getNamespaceURI());
        }
        Element object = child(element, "_this");
        if (object == null || object.getAttribute("type").isEmpty()) {
          vsphere.violations().add(element.getLocalName() + " without an object");
        }
        return element;
      }
    }
    throw new SAXException("an empty body");
  }

  /** Returns the first child with this name, or null. */
  static Element child(Element parent, String name) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && name.equals(element.getLocalName())) {
        return element;
      }
    }
    return null;
  }

  /** Returns the text of a child; empty if there is none. */
  static String text(Element parent, String name) {
    Element found = child(parent, name);
    return found == null ? "" : found.getTextContent();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
