package locales

import (
	"slices"
	"testing"
)

func TestDetectIsSureOfSentences(t *testing.T) {
	for want, texts := range map[string][]string{
		"en": {
			"Hello, has my order been shipped already? I cannot find the tracking number anywhere.",
			"Hello, do you ship the plates to Belgium before Christmas? Shall we add the two bowls to it?",
			"The zip of my jacket is broken, what can I do now?",
		},
		"fr": {
			"Bonjour, est-ce que ma commande est déjà partie ? Je ne trouve pas le numéro de suivi.",
			"Est-ce que je peux changer l’adresse de livraison ?", "La fermeture de ma veste est cassée, que faire ?",
		},
		"de": {
			"Guten Tag, ist meine Bestellung schon unterwegs? Ich finde die Nummer der Sendung leider nicht.",
			"hallo ich habe eine frage zu meiner bestellung, wann kommt sie an", "Kann ich die Lieferadresse noch ändern?",
		},
		"es": {
			"Hola, ¿ya ha salido mi pedido? No encuentro el número de seguimiento por ninguna parte, gracias.",
			"La cremallera de mi chaqueta se ha roto, ¿qué puedo hacer?", "buenas tardes, hacen envios a mexico y cuanto tarda?",
		},
		"it": {
			"Buongiorno, vorrei sapere quando arriva il mio ordine.", "Posso cambiare l’indirizzo di consegna del mio ordine?",
			"ciao, spedite anche in Svizzera e quanto tempo ci vuole?",
		},
		"nl": {
			"Goedemiddag, ik wil graag weten wanneer mijn bestelling aankomt.", "De rits van mijn jas is kapot, wat kan ik doen?",
			"Verzenden jullie ook naar België en hoe lang duurt dat?",
		},
		"pt": {
			"Boa tarde, gostaria de saber quando chega o meu pedido.", "O zíper da minha jaqueta quebrou, o que eu posso fazer?",
			"ola, voces entregam em portugal e quanto tempo demora?",
		},
		"ja": {
			"注文した商品はいつ届きますか", "こんにちは。注文の配送先住所を変更できますか？", "Rejoinのアプリで注文したジャケットが届きません。",
		},
		"ko": {"안녕하세요, 제 주문이 언제 도착하나요?", "배송지 주소를 변경할 수 있을까요?"},
		"ar": {
			"مرحبا، هل تم شحن طلبي بالفعل؟ لا أستطيع العثور على رقم التتبع في أي مكان",
			"سحاب الجاكيت مكسور، ماذا أفعل؟", "السلام عليكم هل تشحنون إلى السعودية وكم يستغرق التوصيل",
		},
	} {
		for _, text := range texts {
			if tag, sure := Detect(text); !sure || tag != want {
				t.Errorf("%q: got %q (sure: %t), want %q", text, tag, sure, want)
			}
		}
	}
}

func TestDetectIsNeverSureOfShortOrMixedTexts(t *testing.T) {
	for _, text := range []string{
		"", "ok", "Salut!", "はい", "네, 알겠어요", "نعم", "Guten Tag, ist das da?", "您好請問我的訂單什麼時候會到",
		"Hello je voudrais savoir where is my order bitte danke", "Do you have the ジャケット in blue and size M for my son?",
		"مرحبا hello I would like to know about my order please", "Order 48213 / Maison Ombrelin / plates 24 cm",
		"https://shop.example/products/plates?ref=mail-of-the-month jo.martin@boutique.example", "Nike Air Max 270 React",
	} {
		if tag, sure := Detect(text); sure {
			t.Errorf("%q: is sure of %q", text, tag)
		}
	}
}

func TestDetectNeverTakesANeighbourForALanguageOfOurs(t *testing.T) {
	for _, text := range []string{
		"Hallo, ek wil graag weet wanneer my bestelling aankom, ek kan nie die nommer kry nie.",
		"Bon dia, voldria saber quan arriba la meva comanda, no trobo el número de seguiment enlloc.",
		"Ola, gustaríame saber cando chega o meu pedido, non atopo o número de seguimento.",
		"Hej, jag undrar när min beställning kommer fram, jag hittar inte spårningsnumret.",
		"سلام، سفارش من چه زمانی به دستم می\u200cرسد؟ شماره پیگیری را پیدا نمی\u200cکنم.",
		"السلام علیکم، میرا آرڈر کب تک پہنچے گا؟ مجھے ٹریکنگ نمبر نہیں مل رہا ہے۔",
		"你好，我的订单什么时候能到？我找不到物流单号，请帮我查一下，谢谢你们的帮助，我等了很久了。",
		"Selamat siang, kapan pesanan saya sampai? Saya tidak menemukan nomor pelacakan.",
		"Bună ziua, când ajunge comanda mea? Nu găsesc numărul de urmărire nicăieri.",
		"Здравствуйте, когда придёт мой заказ? Не могу найти номер отслеживания.",
	} {
		if tag, sure := Detect(text); sure && slices.Contains(Shipped(), tag) {
			t.Errorf("%q: is sure of %q", text, tag)
		}
	}
}
