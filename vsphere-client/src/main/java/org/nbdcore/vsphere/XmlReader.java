package org.nbdcore.vsphere;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Parses an answer into a tree, with limits, because a server's answer may be hostile. */
final class XmlReader {

  private static final String INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

  /**
   * Below the limits of the JDKs, so that this class's message appears. Chains of 32 snapshots need
   * about 45.
   */
  private static final int DEEPEST = 80;

  private static final int MAX_ELEMENTS = 2_000_000;

  private static final XMLInputFactory FACTORY = factory();

  private XmlReader() {}

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    return factory;
  }

  /** Parses a document and returns its root. */
  static XmlNode read(byte[] document) throws VsphereException {
    try {
      XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(text(document)));
      try {
        return tree(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw new VsphereException(
          "the server's response is not XML: " + Text.printable(String.valueOf(e.getMessage())), e);
    }
  }

  /** Decodes the document here, because the parser prints its own line about an invalid byte. */
  private static String text(byte[] document) throws VsphereException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
    } catch (CharacterCodingException e) {
      throw new VsphereException("the server's response is not in UTF-8", e);
    }
    // checked here, because parser versions differ in how they treat a DTD that they do not read
    if (text.contains("<!DOCTYPE")) {
      throw new VsphereException("the server's response has a DTD");
    }
    return text;
  }

  private static XmlNode tree(XMLStreamReader reader) throws XMLStreamException, VsphereException {
    Deque<XmlNode> open = new ArrayDeque<>();
    XmlNode root = null;
    StringBuilder text = new StringBuilder();
    int count = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++count > MAX_ELEMENTS || open.size() == DEEPEST) {
            throw new VsphereException("the server's response has too many elements");
          }
          XmlNode node = node(reader);
          if (open.isEmpty()) {
            root = node;
          } else {
            open.peek().add(node);
          }
          open.push(node);
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          XmlNode node = open.pop();
          if (node.children().isEmpty()) {
            node.text(text.toString());
          }
          text.setLength(0);
        }
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new VsphereException("the server's response has an entity that is not XML's own");
        default -> {}
      }
    }
    if (root == null) {
      throw new VsphereException("the server's response is empty");
    }
    return root;
  }

  private static XmlNode node(XMLStreamReader reader) {
    String type = "";
    String refType = "";
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      if (reader.getAttributeLocalName(i).equals("type")) {
        String namespace = reader.getAttributeNamespace(i);
        if (INSTANCE.equals(namespace)) {
          type = reader.getAttributeValue(i);
        } else if (namespace == null || namespace.isEmpty()) {
          refType = reader.getAttributeValue(i);
        }
      }
    }
    return new XmlNode(reader.getLocalName(), local(type), refType);
  }

  private static String local(String name) {
    return name.substring(name.indexOf(':') + 1);
  }
}
