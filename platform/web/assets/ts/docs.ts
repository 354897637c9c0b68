// The page /api/docs: Swagger UI on the document that the page names, with the page's token.

interface Outgoing {
  headers: Record<string, string>;
}

interface SwaggerOptions {
  url: string;
  domNode: Element;
  deepLinking: boolean;
  docExpansion: "none";
  requestInterceptor: (outgoing: Outgoing) => Outgoing;
}

declare global {
  interface Window {
    SwaggerUIBundle: (options: SwaggerOptions) => void;
  }
}

const place = document.getElementById("api-docs");
const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

if (place) {
  window.SwaggerUIBundle({
    url: place.dataset.url ?? "",
    domNode: place,
    deepLinking: true,
    docExpansion: "none",
    requestInterceptor: (outgoing) => {
      outgoing.headers["x-csrf-token"] = token;
      return outgoing;
    },
  });
}

export {};
