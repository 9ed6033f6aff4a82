/** Everything that the widget says, in the four languages. */
export const WORDS = {
  en: {
    open: "Open the chat",
    close: "Close the chat",
    title: "Chat",
    intro: "An automatic assistant answers here. What you write is used only to answer you.",
    write: "Write a message",
    send: "Send",
    you: "You",
    them: "Answer",
    typing: "The assistant is writing…",
    failed: "Not sent. Press to try again.",
    offline: "No connection. We keep trying.",
    attachment: "Attachment",
    gone: "This chat is not available.",
  },
  es: {
    open: "Abrir el chat",
    close: "Cerrar el chat",
    title: "Chat",
    intro: "Aquí responde un asistente automático. Lo que escriba se usa solo para responderle.",
    write: "Escriba un mensaje",
    send: "Enviar",
    you: "Usted",
    them: "Respuesta",
    typing: "El asistente está escribiendo…",
    failed: "No enviado. Pulse para reintentar.",
    offline: "Sin conexión. Seguimos intentándolo.",
    attachment: "Adjunto",
    gone: "Este chat no está disponible.",
  },
  ru: {
    open: "Открыть чат",
    close: "Закрыть чат",
    title: "Чат",
    intro: "Здесь отвечает автоматический помощник. Написанное используется только для ответа вам.",
    write: "Напишите сообщение",
    send: "Отправить",
    you: "Вы",
    them: "Ответ",
    typing: "Помощник печатает…",
    failed: "Не отправлено. Нажмите, чтобы повторить.",
    offline: "Нет связи. Пробуем снова.",
    attachment: "Вложение",
    gone: "Этот чат недоступен.",
  },
  kk: {
    open: "Чатты ашу",
    close: "Чатты жабу",
    title: "Чат",
    intro: "Мұнда автоматты көмекші жауап береді. Жазғаныңыз тек сізге жауап беру үшін қолданылады.",
    write: "Хабар жазыңыз",
    send: "Жіберу",
    you: "Сіз",
    them: "Жауап",
    typing: "Көмекші жазып жатыр…",
    failed: "Жіберілмеді. Қайталау үшін басыңыз.",
    offline: "Байланыс жоқ. Қайта көріп жатырмыз.",
    attachment: "Тіркеме",
    gone: "Бұл чат қолжетімсіз.",
  },
} as const;

export type Language = keyof typeof WORDS;
export type Words = { [Key in keyof (typeof WORDS)["en"]]: string };

/** The first of these tags that we speak; English when none. */
export function pickLanguage(tags: readonly (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const language = tag?.toLowerCase().slice(0, 2);
    if (language && language in WORDS) return language as Language;
  }
  return "en";
}
